// The disk becomes full in the middle: at each named step of each call that writes, with room until then. Every call ends with success
// or DISK_FULL, the agent lives on, and what the call left can be deleted. Fake guests on a tmpfs, so this needs root.
// @module-tag long
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { downloadChunks, uploadFile } from '@tt/client';
import { reason, type TtError, type Vm } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTestImages } from '../testing/image-folder.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { canMount, mountSmallDisk, type SmallDisk, whyNoMount } from '../testing/small-disk.ts';

const DISK_MIB = 64;
/** No call has more steps. */
const MOST_STEPS = 60;

describe.skipIf(!canMount)(`a disk that becomes full in the middle of${whyNoMount}`, () => {
  let disk: SmallDisk;
  let agent: TestAgent;
  let vm: Vm;
  let atStep: (step: string) => void;

  beforeEach(async () => {
    atStep = () => {};
    disk = await mountSmallDisk(DISK_MIB);
    await makeTestImages(path.join(disk.folder, 'images'));
    agent = await startTestAgent({ home: disk.folder, diskLookMs: 20, checkpoint: (step) => atStep(step) });
    const groups = [{ osPrefix: 'tiny' }];
    vm = (await agent.client.env.create({ name: 'kept', groups })).vms[0] ?? expect.unreachable('there is no VM');
    // The RAM of a running one may need more than this disk has.
    await agent.client.vm.stop({ vmId: vm.id, graceS: 0 });
    await agent.client.snapshot.create({ envName: 'kept', name: 'first' });
  });
  afterEach(async () => {
    await agent.stop({ keep: true });
    for (const machine of agent.fakeHost.values()) await machine.end({ expected: true, reason: reason('poweredOff') });
    await disk.unmount();
  });

  const upload = async (content: Buffer, fileName: string) => {
    const read = async (at: number, length: number) => content.subarray(at, at + length);
    const source = { fileName, sizeBytes: content.length, read };
    return (await uploadFile(agent, source, randomUUID())).id;
  };
  const capsule = async () => {
    const { transfer } = await agent.client.capsule.export({ envName: 'kept' });
    const pieces: Uint8Array[] = [];
    for await (const piece of downloadChunks(agent, transfer, 0)) pieces.push(piece);
    return upload(Buffer.concat(pieces), 'kept.capsule');
  };
  const foreign = async () => {
    const file = path.join(agent.home, 'foreign.raw');
    await writeFile(file, 'a disk');
    return file;
  };
  /** `before` makes what the call needs, with room. */
  const calls: Record<string, { before?: () => Promise<string>; call: (given: string) => Promise<unknown> }> = {
    'env.create': { call: () => agent.client.env.create({ name: 'made', groups: [{ osPrefix: 'tiny' }] }) },
    'snapshot.create': { call: () => agent.client.snapshot.create({ envName: 'kept', name: 'made' }) },
    'snapshot.revert': { call: () => agent.client.snapshot.revert({ envName: 'kept', name: 'first' }) },
    'snapshot.fork': { call: () => agent.client.snapshot.fork({ envName: 'kept', name: 'first', newName: 'made' }) },
    'env.clone': { call: () => agent.client.env.clone({ name: 'kept', newName: 'made' }) },
    'vm.clone': { call: () => agent.client.vm.clone({ vmId: vm.id }) },
    'vm.start': { call: () => agent.client.vm.start({ vmId: vm.id }) },
    'disk.add': { call: () => agent.client.disk.add({ vmId: vm.id, sizeMiB: 64, name: 'disk1' }) },
    'capsule.export': { call: () => agent.client.capsule.export({ envName: 'kept' }) },
    'capsule.import': {
      before: capsule,
      call: (transferId) => agent.client.capsule.import({ transferId, name: 'made' }),
    },
    'image.publish': { call: () => agent.client.image.publish({ vmId: vm.id, name: 'qemu:made-1:one' }) },
    'image.import': {
      before: foreign,
      call: (file) =>
        agent.client.image.import({ name: 'qemu:made-2:one', format: 'raw', source: { kind: 'file', path: file } }),
    },
    'profile.create': { call: () => agent.client.profile.create({ name: 'made', image: 'tiny' }) },
    'env.delete': {
      before: async () => {
        await agent.client.env.create({ name: 'made', groups: [{ osPrefix: 'tiny' }] });
        return '';
      },
      call: () => agent.client.env.delete({ name: 'made' }),
    },
  };

  /** By the calls of the product, on the full disk first where they only take away. */
  async function clean(): Promise<void> {
    const { client } = agent;
    const { envs } = await client.env.list();
    for (const { name } of envs) if (name !== 'kept') await client.env.delete({ name });
    disk.empty();
    const { vms, snapshots } = await client.env.show({ name: 'kept' });
    for (const other of vms) if (other.id !== vm.id) await client.vm.delete({ vmId: other.id });
    for (const { name } of snapshots) if (name !== 'first') await client.snapshot.delete({ envName: 'kept', name });
    const now = await client.vm.show({ vmId: vm.id });
    if (now.state === 'running') await client.vm.stop({ vmId: vm.id, graceS: 0 });
    if (now.spec.disks.some(({ name }) => name === 'disk1')) {
      await client.disk.detach({ vmId: vm.id, name: 'disk1' });
      await client.disk.remove({ vmId: vm.id, name: 'disk1' });
    }
    const { images } = await client.image.list();
    for (const { name } of images) if (name.startsWith('qemu:made')) await client.image.delete({ name });
    const { profiles } = await client.profile.list();
    for (const { name } of profiles) await client.profile.delete({ name });
  }

  it.each(Object.keys(calls))('%s', async (name) => {
    const { before = async () => '', call } = calls[name] ?? expect.unreachable();
    const seen: string[] = [];
    for (let fullAt = 0; fullAt < MOST_STEPS; fullAt++) {
      const given = await before();
      let step = 0;
      let at: string | null = null;
      atStep = (named) => {
        if (step++ !== fullAt) return;
        at = named;
        disk.fill();
      };
      atStep('begin');
      const outcome = await call(given).then(
        () => 'ok',
        ({ code }: TtError) => code,
      );
      atStep = () => {};
      if (at === null) break;
      seen.push(`${String(at)}: ${outcome}`);
      await clean();
    }
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((one) => !/: (ok|DISK_FULL)$/.test(one))).toEqual([]);
    // What only takes away never needs room.
    if (name === 'env.delete') expect(seen.filter((one) => !one.endsWith(': ok'))).toEqual([]);
    process.stdout.write(`${name}: ${seen.join(', ')}\n`);
  });
});
