// The life of an ENV with real guests, through the agent's API: created, reached over the network, snapshotted, reverted,
// killed, stopped, started, deleted. One ENV for all steps, because booting takes seconds without KVM.
// @module-tag real
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { findPrivateAgent } from '@tt/client/node';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { greetingOf, isPortFree, NO_LEFTOVERS, type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { listeningSockets } from '../testing/listening.ts';
import { until } from '../testing/until.ts';

/** QMP, VNC, serial port, guest agent. */
const GUEST_SOCKETS = 5;

let agent: RealAgent;
let vms: Vm[];
const one = (): Vm => vms[0] ?? expect.unreachable('there is no first VM');
const two = (): Vm => vms[1] ?? expect.unreachable('there is no second VM');
const sshPort = (vm: Vm) => vm.portMap.find(({ guestPort }) => guestPort === 22)?.hostPort ?? 0;
const states = async () => (await agent.client.env.show({ name: 'demo' })).vms.map(({ state }) => state);

beforeAll(async () => {
  agent = await startRealAgent();
});
afterAll(() => agent.remove());

/** Puts a word into RAM and onto the disk of a guest. */
async function write(vm: Vm, word: string): Promise<void> {
  const shell = await agent.shell(vm);
  await shell.run(`echo ${word} > /dev/shm/word; echo ${word} > /root/word; sync`);
  shell.close();
}

/** `ram disk`; `-` where there is none. */
async function read(vm: Vm): Promise<string> {
  const shell = await agent.shell(vm);
  const text = await shell.run('cat /dev/shm/word 2>/dev/null || echo -; cat /root/word 2>/dev/null || echo -');
  shell.close();
  return text.replace('\n', ' ');
}

it('is made with two VMs, each reached by ssh on a port of its own, shown and opened', async () => {
  ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] }));
  expect(vms.map(({ name, state }) => [name, state])).toEqual([
    ['demo/tiny-2-1', 'running'],
    ['demo/tiny-2-2', 'running'],
  ]);
  expect(await agent.guestPids()).toHaveLength(2);
  const greetings = await Promise.all(vms.map((vm) => greetingOf(sshPort(vm), 40_000)));
  expect(greetings).toEqual([expect.stringMatching(/^SSH-2\.0-/), expect.stringMatching(/^SSH-2\.0-/)]);
  const { dataBase64 } = await agent.client.vm.screenshot({ vmId: one().id });
  expect(Buffer.from(dataBase64, 'base64').subarray(1, 4).toString()).toBe('PNG');
  const { ticket } = await agent.client.console.open({ vmId: one().id, kind: 'vnc' });
  const stream = agent.connection.openStream(ticket);
  const first = await new Promise((resolve, reject) => {
    stream.onmessage = ({ data }) => resolve(Buffer.from(data as ArrayBuffer).toString('latin1'));
    stream.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
  });
  expect(first).toBe('RFB 003.008\n');
  stream.close();
});

it('listens where SECURITY.md says, and nowhere else', async () => {
  const { home } = agent;
  const { pid, url } = await findPrivateAgent(home);
  expect(await listeningSockets(pid)).toEqual([`tcp 127.0.0.1:${new URL(url).port}`]);
  const ofGuests = await Promise.all((await agent.guestPids()).map(listeningSockets));
  const forwarded = vms.map((vm) => `:${sshPort(vm)}`).sort();
  const tcp = ofGuests.flat().filter((socket) => socket.startsWith('tcp'));
  expect(tcp.filter((socket) => !socket.startsWith('tcp 127.'))).toEqual([]);
  expect(tcp.map((socket) => socket.slice(socket.lastIndexOf(':'))).sort()).toEqual(forwarded);
  const unix = ofGuests.flat().filter((socket) => socket.startsWith('unix'));
  expect(unix).toHaveLength(2 * GUEST_SOCKETS);
  expect(unix.filter((socket) => !socket.startsWith(`unix ${home}/`))).toEqual([]);
  const folders = unix.map((socket) => path.dirname(socket.replace('unix ', '')));
  // The folder of the sockets lets nobody in but their owner: their own modes do not matter then.
  expect(await Promise.all(folders.map(async (folder) => (await stat(folder)).mode & 0o007))).toEqual(
    unix.map(() => 0),
  );
});

it('is saved as a whole, and reverted as a whole, RAM and disk', async () => {
  await Promise.all(vms.map((vm) => write(vm, 'apple')));
  const taken = await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
  expect(taken.vms.map(({ hasRam }) => hasRam)).toEqual([true, true]);
  expect(taken.sizeBytes).toBeGreaterThan(10 * 1024 * 1024);
  await Promise.all(vms.map((vm) => write(vm, 'pear')));
  const { safetySnapshotName } = await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe' });
  expect([await read(one()), await read(two()), await states()]).toEqual([
    'apple apple',
    'apple apple',
    ['running', 'running'],
  ]);
  expect(await greetingOf(sshPort(one()), 20_000)).toMatch(/^SSH-2\.0-/);
  await agent.client.snapshot.revert({ envName: 'demo', name: safetySnapshotName ?? '' });
  expect([await read(one()), await read(two())]).toEqual(['pear pear', 'pear pear']);
});

it('shows a guest whose QEMU was killed as failed within two seconds, with its last log lines, and wakes it again', async () => {
  // The last one: a revert has replaced it.
  const pid = Number([...(await agent.log()).matchAll(/"vmName":"demo\/tiny-2-1","pid":(\d+)/g)].at(-1)?.[1]);
  expect(await agent.guestPids()).toContain(pid);
  process.kill(pid, 'SIGKILL');
  const vm = await until(
    'it is seen',
    async () => {
      const seen = await agent.client.vm.show({ vmId: one().id });
      return seen.state === 'failed' ? seen : null;
    },
    2_000,
  );
  expect(vm.failure).toMatchObject({
    code: 'VM_DIED',
    data: { logTail: expect.arrayContaining([expect.any(String)]) },
  });
  expect(await states()).toEqual(['failed', 'running']);
  await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', vmIds: [one().id], safety: false });
  expect([await read(one()), await read(two()), await states()]).toEqual([
    'apple apple',
    'pear pear',
    ['running', 'running'],
  ]);
});

it('stops by the power button, keeps its disks and ports, and starts anew without its RAM', async () => {
  const before = performance.now();
  const stopped = await agent.client.env.stop({ name: 'demo', graceS: 60 });
  expect([stopped.env.state, await agent.guestPids()]).toEqual(['stopped', []]);
  expect(performance.now() - before).toBeLessThan(60_000);
  expect((await agent.log()).match(/the guest powered off/g)).toHaveLength(2);
  const started = await agent.client.env.start({ name: 'demo' });
  expect(started.vms.map(sshPort)).toEqual(vms.map(sshPort));
  expect(await read(one())).toBe('- apple');
  await agent.client.snapshot.delete({ envName: 'demo', name: 'ripe' });
});

it('with a VM that can’t be started is not made at all, and the log of QEMU says why', async () => {
  const before = await agent.leftovers();
  const groups = [{ osPrefix: 'tiny' }, { osPrefix: 'broken' }];
  await expect(agent.client.env.create({ name: 'other', groups })).rejects.toMatchObject({
    code: 'VM_START_FAILED',
    data: { vmName: 'other/broken-1-1', logTail: expect.arrayContaining([expect.stringContaining('kernel')]) },
  });
  expect(await agent.leftovers()).toEqual(before);
  await agent.client.env.create({ name: 'other', groups: [{ osPrefix: 'tiny' }] });
  await agent.client.env.delete({ name: 'other' });
  expect(await agent.leftovers()).toEqual(before);
});

it('is deleted with everything it had on this host', async () => {
  await agent.client.vm.delete({ vmId: two().id });
  expect(await agent.leftovers()).toEqual({ disks: [one().id], runFolders: [one().id], guests: [expect.any(Number)] });
  await agent.client.env.delete({ name: 'demo' });
  expect(await agent.leftovers()).toEqual(NO_LEFTOVERS);
  expect(await Promise.all(vms.map((vm) => isPortFree(sshPort(vm))))).toEqual([true, true]);
  const { memory, disk } = await agent.client.host.show();
  expect([memory.usedMiB, disk.usedMiB, await agent.client.env.list()]).toEqual([0, 0, { envs: [] }]);
});
