// QEMU and the fake engine side by side in one agent, on real disks: an ENV with a guest of each is started, stopped, saved,
// reverted, adopted by the next agent and deleted, and a broken engine does not lose the other's guest.
// @module-tag deep
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectNode, type NodeConnection } from '@tt/client/node';
import { reason, type Vm } from '@tt/protocol';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Agent, startAgent } from '../agent.ts';
import { FakeCgroups } from '../cgroups/fake-cgroups.ts';
import { defaultConfig } from '../config/read-config.ts';
import type { InnerSnapshots } from '../engines/fake/fake-states.ts';
import { FakeHost } from '../engines/fake/fake-host.ts';
import { FakeEngine } from '../engines/fake-engine.ts';
import { GuestShell } from '../engines/guest-shell.ts';
import { QemuEngine } from '../engines/qemu/qemu-engine.ts';
import { runCommand } from '../host/run-command.ts';
import { testImage } from '../images/test-image.ts';
import { snapshotArguments } from '../storage/qcow2/arguments.ts';
import { readQcow2Snapshots } from '../storage/qcow2/qcow2-snapshots.ts';
import { Qcow2Storage } from '../storage/qcow2/qcow2-storage.ts';
import { until } from '../testing/until.ts';

const FAKE_IMAGE = 'fake:thing-1:default';
const isRoot = process.geteuid?.() === 0;
const machines = new FakeHost();
let home: string;
let agent: Agent;
let connection: NodeConnection;
let vms: Vm[];

const qemuImg = (args: readonly string[]) => runCommand('qemu-img', args, { timeoutMs: 30_000 });
const has = async (file: string, tag: string) => readQcow2Snapshots(file).some((known) => known.tag === tag);

/** What QEMU does itself to the disks it has open. */
const innerSnapshots: InnerSnapshots = {
  has,
  create: async (file, tag) => void (await qemuImg(snapshotArguments('create', file, tag))),
  apply: async (file, tag) => void ((await has(file, tag)) && (await qemuImg(snapshotArguments('apply', file, tag)))),
  delete: async (file, tag) => void ((await has(file, tag)) && (await qemuImg(snapshotArguments('delete', file, tag)))),
};

/** With engines of its own, as after a restart; the processes of both live on. */
async function start(change: (fake: FakeEngine) => void = () => {}): Promise<void> {
  const fake = new FakeEngine({ host: machines, inner: innerSnapshots });
  change(fake);
  const qemu = new QemuEngine({
    stateDirectory: path.join(home, 'engine'),
    acceleration: 'tcg',
    confined: isRoot,
  });
  const firstPort = 22_000 + (process.pid % 100) * 10;
  agent = await startAgent(
    { ...defaultConfig(home), network: 'user', prepareImages: false, firstPort, lastPort: firstPort + 9 },
    pino({ level: 'silent' }),
    {
      engines: [
        { engine: qemu, use: 'enabled' },
        { engine: fake, use: 'enabled' },
      ],
      storage: new Qcow2Storage({ directory: path.join(home, 'disks') }),
      // The machines of the fake engine are no processes of the host.
      cgroups: new FakeCgroups(),
    },
  );
  connection = connectNode(agent);
}

async function stop(): Promise<void> {
  connection.close();
  await agent.stop();
}

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tt-'));
  const { directory, manifest } = await testImage();
  await cp(directory, path.join(home, 'images', 'tiny'), { recursive: true });
  const thing = path.join(home, 'images', 'thing');
  await mkdir(thing);
  await qemuImg(['create', '-q', '-f', 'qcow2', path.join(thing, manifest.disk.file), '8M']);
  const disk = { ...manifest.disk, virtualSizeMiB: 8 };
  const about = { ...manifest, name: FAKE_IMAGE, engine: undefined, minDiskMiB: 8, disk, boot: null, sha256: {} };
  await writeFile(path.join(thing, 'image.json'), JSON.stringify(about));
  await start();
  const groups = [{ osPrefix: 'qemu:tiny' }, { osPrefix: 'fake:thing' }];
  ({ vms } = await connection.client.env.create({ name: 'demo', groups }));
});
afterAll(async () => {
  await connection.client.env.delete({ name: 'demo' }).catch(() => {});
  await stop();
  for (const machine of machines.values()) await machine.end({ expected: true, reason: reason('poweredOff') });
  await rm(home, { recursive: true, force: true });
});

const show = () => connection.client.env.show({ name: 'demo' });
const states = async () => (await show()).vms.map(({ state }) => state).join();

/** Has each guest run a command; the login needs the guest to be up. */
function inGuests(command: string): Promise<string[]> {
  return Promise.all(
    vms.map(async ({ id }) => {
      const shell = await GuestShell.login(path.join(home, 'run', id, 'serial.sock'));
      const printed = await shell.run(command);
      shell.close();
      return printed;
    }),
  );
}

it('are both on the host with what each is, and each runs the VM of its image', async () => {
  const { engines } = await connection.client.host.show();
  expect(engines).toMatchObject([
    { name: 'qemu', prefixes: ['qemu'], version: expect.stringMatching(/^\d+\.\d+/), problem: null },
    { name: 'fake', prefixes: ['fake'], problem: null },
  ]);
  expect(vms.map(({ engine, state }) => [engine, state])).toEqual([
    ['qemu', 'running'],
    ['fake', 'running'],
  ]);
  expect(machines.size).toBe(1);
});

it('are saved and reverted at one instant, running and from a new start', async () => {
  await inGuests('echo apple > /dev/shm/word');
  const taken = await connection.client.snapshot.create({ envName: 'demo', name: 'ripe' });
  expect(taken.vms.map(({ hasRam }) => hasRam)).toEqual([true, true]);
  await inGuests('echo pear > /dev/shm/word');
  await connection.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
  expect(await inGuests('cat /dev/shm/word')).toEqual(['apple', 'apple']);
  await connection.client.env.stop({ name: 'demo', graceS: 0 });
  expect([await states(), machines.size]).toEqual(['stopped,stopped', 0]);
  await connection.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
  expect([await states(), await inGuests('cat /dev/shm/word')]).toEqual(['running,running', ['apple', 'apple']]);
});

it('are both taken up by the next agent, and the guest of QEMU beside a fake one that is broken', async () => {
  const before = await show();
  await stop();
  await start();
  expect(await show()).toEqual(before);
  await stop();
  await start((fake) => {
    fake.adopt = () => Promise.reject(new Error('the fake engine is broken'));
  });
  expect(await states()).toBe('running,unknown');
  expect((await inGuests('cat /dev/shm/word'))[0]).toBe('apple');
  await stop();
  await start();
  expect(await states()).toBe('running,running');
});

it('leave nothing when the ENV is deleted', async () => {
  await connection.client.env.delete({ name: 'demo' });
  const left = await Promise.all(['run', 'disks'].map((folder) => readdir(path.join(home, folder))));
  await until('all of it is gone', () => machines.size === 0);
  expect(left.map((names) => names.filter((name) => !name.startsWith('.')))).toEqual([[], []]);
});
