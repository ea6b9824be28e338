// The agent is killed by SIGKILL at the named steps of fork, clone, export and import of a capsule, and import and publishing of
// an image: all with qcow2, and where disks are copied also with the other storages. Unfinished work is completed or undone.
// @module-tag long
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { downloadChunks, uploadFile } from '@tt/client';
import type { TtClient } from '@tt/protocol';
import { expect } from 'vitest';
import { type CrashScene, describeCrashes } from '../testing/crash-scenes.ts';
import type { RealAgent } from '../testing/real-agent.ts';
import { describeOn, startAgentOn } from '../testing/storage-fixtures.ts';

const create = (client: TtClient) => client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
const IMAGE = 'qemu:boot-1:default';

async function createWithSnapshot({ client }: RealAgent): Promise<void> {
  await create(client);
  await client.snapshot.create({ envName: 'demo', name: 'one' });
}

/** Only what somebody asked for: nothing that was there for one operation. */
async function hasSnapshots({ client }: RealAgent, ...names: string[]): Promise<void> {
  expect((await client.env.show({ name: 'demo' })).snapshots.map(({ name }) => name)).toEqual(names);
}

let transferId = '';

async function uploadCapsule({ client, connection }: RealAgent): Promise<void> {
  await create(client);
  const { transfer } = await client.capsule.export({ envName: 'demo' });
  const pieces: Uint8Array[] = [];
  for await (const piece of downloadChunks(connection, transfer, 0)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  await client.env.delete({ name: 'demo' });
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const source = { fileName: transfer.fileName, sizeBytes: bytes.length, read };
  transferId = (await uploadFile(connection, source, randomUUID())).id;
}

const importImage = ({ client, home }: RealAgent) =>
  client.image.import({ name: IMAGE, source: { kind: 'file', path: path.join(home, 'boot.raw') }, format: 'raw' });

/** Whole, or not there and free to be made. */
async function imageIsWhole(agent: RealAgent): Promise<void> {
  const found = (await agent.client.image.list()).images.find(({ name }) => name === IMAGE);
  if (found) expect(found.state).toBe('ready');
  else await importImage(agent);
  await agent.client.image.delete({ name: IMAGE });
}

const scenes: readonly CrashScene[] = [
  {
    what: 'fork',
    steps: [
      'reserved',
      'network',
      'firewall',
      'copied',
      'copied:2',
      'spawned',
      'answers',
      'woken',
      'identity',
      'ready',
    ],
    before: createWithSnapshot,
    act: ({ client }) => client.snapshot.fork({ envName: 'demo', name: 'one', newName: 'copy', copies: 4 }),
    envs: { demo: [1], 'copy-1': [0, 1], 'copy-2': [0, 1], 'copy-3': [0, 1], 'copy-4': [0, 1] },
    guestsStay: true,
    after: (agent) => hasSnapshots(agent, 'one'),
  },
  {
    what: 'clone',
    steps: ['state saved', 'snapshot written', 'reserved', 'copied', 'woken'],
    before: ({ client }) => create(client),
    act: ({ client }) => client.env.clone({ name: 'demo', newName: 'copy' }),
    envs: { demo: [1], copy: [0, 1] },
    guestsStay: true,
    after: (agent) => hasSnapshots(agent),
  },
  {
    what: 'export of a capsule',
    steps: ['state saved', 'snapshot written', 'gathered', 'packed'],
    before: ({ client }) => create(client),
    act: ({ client }) => client.capsule.export({ envName: 'demo' }),
    envs: { demo: [1] },
    guestsStay: true,
    after: async (agent) => {
      await hasSnapshots(agent);
      await agent.client.capsule.export({ envName: 'demo' });
    },
  },
  {
    what: 'import of a capsule',
    steps: ['reserved', 'network', 'placed', 'spawned', 'answers', 'woken', 'identity', 'ready'],
    before: uploadCapsule,
    act: ({ client }) => client.capsule.import({ transferId, name: 'bug', withRam: true }),
    envs: { bug: [0, 1] },
    // The upload stays until the ENV is there: it can be opened again.
    after: async ({ client }) => {
      if ((await client.env.list()).envs.length === 0)
        await client.capsule.import({ transferId, name: 'bug', withRam: true });
    },
  },
  {
    what: 'import of an image',
    steps: ['image converted', 'image taken in'],
    before: ({ home }) => writeFile(path.join(home, 'boot.raw'), Buffer.alloc(1024 * 1024, 1)),
    act: importImage,
    envs: {},
    after: imageIsWhole,
  },
  {
    what: 'publishing of an image',
    steps: ['state saved', 'disk exported', 'image published'],
    before: createWithSnapshot,
    act: async ({ client }) => {
      const [vm] = (await client.env.show({ name: 'demo' })).vms;
      await client.snapshot.create({ envName: 'demo', name: 'two' });
      await client.image.publish({ vmId: vm?.id ?? '', name: IMAGE, snapshotName: 'two' });
    },
    envs: { demo: [1] },
    guestsStay: true,
    after: async ({ client }) => {
      const found = (await client.image.list()).images.find(({ name }) => name === IMAGE);
      if (found) expect(found.state).toBe('ready');
    },
  },
];

/** Where the storage itself is at work. */
const STORAGE_STEPS = new Set([
  'copied',
  'copied:2',
  'woken',
  'gathered',
  'placed',
  'image converted',
  'disk exported',
]);

describeOn(['qcow2', 'reflink', 'zfs'], (storage) => {
  const chosen = scenes.map((scene) => ({
    ...scene,
    steps: storage === 'qcow2' ? scene.steps : scene.steps.filter((step) => STORAGE_STEPS.has(step)),
  }));
  describeCrashes(chosen, (options) => startAgentOn(storage, options));
});
