// The agent is killed, idle and in the middle of its work, and started again: guests of real QEMU keep running and are adopted
// as they are; nothing of unfinished work remains.
// @module-tag real
import path from 'node:path';
import type { Operation, Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Qcow2Storage } from '../storage/qcow2/qcow2-storage.ts';
import { greetingOf, isPortFree, NO_LEFTOVERS, type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { until } from '../testing/until.ts';

let agent: RealAgent;
let vms: Vm[];
const sshPort = (vm: Vm) => vm.portMap.find(({ guestPort }) => guestPort === 22)?.hostPort ?? 0;
const show = () => agent.client.env.show({ name: 'demo' });

beforeAll(async () => {
  agent = await startRealAgent();
  ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] }));
  await Promise.all(
    vms.map(async (vm) => {
      const shell = await agent.shell(vm);
      await shell.run('echo apple > /dev/shm/word');
      shell.close();
    }),
  );
});
afterAll(() => agent.remove());

async function words(): Promise<string[]> {
  return Promise.all(
    vms.map(async (vm) => {
      const shell = await agent.shell(vm);
      const word = await shell.run('cat /dev/shm/word');
      shell.close();
      return word;
    }),
  );
}

/** Begins something, kills the agent when `isAmid` is true of an operation, and starts the next agent. */
async function killAmid(
  begin: () => Promise<unknown>,
  isAmid: (operation: Operation) => boolean | Promise<boolean>,
): Promise<void> {
  const feed = await agent.client.event.follow({});
  const ended = begin().catch((error: unknown) => error);
  for await (const item of feed) {
    if (item.kind === 'event' && item.event.type === 'operation.updated' && (await isAmid(item.event.data))) break;
  }
  await agent.kill('SIGKILL');
  expect(await ended).toMatchObject({ code: 'AGENT_GONE' });
  agent = await agent.restart();
}

it.each(['SIGTERM', 'SIGKILL'] as const)(
  'after %s the guests run on, and the next agent has them as they are',
  async (signal) => {
    // Their guests answer in the end, and that is written down, whenever the agent ends.
    const hasAnswered = ({ readiness }: Vm) => Boolean(readiness?.agentAt && readiness.sshAt);
    await until('both have answered in each way', async () => (await show()).vms.every(hasAnswered), 60_000);
    const [before, pids] = [await show(), await agent.guestPids()];
    expect(pids).toHaveLength(2);
    await agent.kill(signal);
    expect(await agent.guestPids()).toEqual(pids);
    expect(await greetingOf(sshPort(vms[0] ?? expect.unreachable('no VM')), 20_000)).toMatch(/^SSH-2\.0-/);
    agent = await agent.restart();
    expect([await show(), await agent.guestPids(), await words()]).toEqual([before, pids, ['apple', 'apple']]);
  },
);

it('a guest taken up again is watched, saved and reverted like any other', async () => {
  await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
  const [vm] = vms;
  const shell = await agent.shell(vm ?? expect.unreachable('no VM'));
  await shell.run('echo pear > /dev/shm/word');
  shell.close();
  await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
  expect(await words()).toEqual(['apple', 'apple']);
  const [pid = 0] = await agent.guestPids();
  process.kill(pid, 'SIGKILL');
  await until(
    'it is seen',
    async () => (await show()).vms.filter(({ state }) => state === 'failed').length === 1,
    2_000,
  );
  await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
  expect([(await show()).env.state, await words()]).toEqual(['running', ['apple', 'apple']]);
});

it('a guest that died while no agent ran has failed, with the end of its log', async () => {
  await agent.kill('SIGKILL');
  const [pid = 0] = await agent.guestPids();
  process.kill(pid, 'SIGKILL');
  agent = await agent.restart();
  const failed = (await show()).vms.filter(({ state }) => state === 'failed');
  expect(failed.map(({ failure }) => [failure?.code, failure?.message])).toEqual([
    ['VM_DIED', expect.stringMatching(/: it ended while no agent was running\.$/)],
  ]);
  await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
  expect(await words()).toEqual(['apple', 'apple']);
});

it('a snapshot that was being taken is gone from the disks, and no guest is paused', async () => {
  // The second guest has more to save, so that the first one's part is whole when the agent dies.
  const second = vms[1] ?? expect.unreachable('no second VM');
  const fill = await agent.shell(second);
  await fill.run(
    'head -c 1000000 /dev/urandom > /dev/shm/m; for i in $(seq 40); do cat /dev/shm/m; done > /dev/shm/much',
  );
  fill.close();
  const taking = () => agent.client.snapshot.create({ envName: 'demo', name: 'half' });
  await killAmid(taking, ({ kind, progress }) => kind === 'snapshot.create' && progress?.done === 1);
  expect(await agent.log()).toContain('removing a saved state that belongs to no snapshot');
  const { env, snapshots } = await show();
  const storage = new Qcow2Storage({ directory: path.join(agent.home, 'disks') });
  const states = await Promise.all(vms.map(({ id }) => storage.listSnapshots(id)));
  expect(states.map((list) => list.map(({ tag }) => tag))).toEqual(vms.map(() => snapshots.map(({ id }) => id)));
  expect([env.state, snapshots.map(({ name }) => name), await words()]).toEqual([
    'running',
    ['ripe'],
    ['apple', 'apple'],
  ]);
  // The name is free, and nothing of the half one is in the way.
  await agent.client.snapshot.create({ envName: 'demo', name: 'half' });
  await agent.client.snapshot.delete({ envName: 'demo', name: 'half' });
});

it.each([
  ['its disks are cloned', 'cloningDisks', 0],
  ['its first guest starts', 'startingVms', 0],
  ['one guest runs', 'startingVms', 1],
])('an ENV that was being made while %s is gone: no process, file or port', async (_what, wanted, done) => {
  const before = await agent.leftovers();
  let ports: number[] = [];
  const creating = () => agent.client.env.create({ name: 'half', groups: [{ osPrefix: 'tiny', copies: 3 }] });
  await killAmid(creating, async ({ kind, step, progress }) => {
    if (kind !== 'env.create' || step?.code !== wanted || (progress?.done ?? 0) < done) return false;
    ports = (await agent.client.env.show({ name: 'half' })).vms.map(sshPort);
    // The narrowest moment: a process runs, and nobody has written it down.
    if (wanted === 'startingVms')
      await until('a guest runs', async () => (await agent.guestPids()).length > before.guests.length);
    return true;
  });
  expect(await agent.leftovers()).toEqual(before);
  expect((await agent.client.env.list()).envs.map(({ name }) => name)).toEqual(['demo']);
  expect(await Promise.all(ports.filter((port) => port > 0).map(isPortFree))).not.toContain(false);
});

it('an ENV that was being deleted is gone', async () => {
  const deleting = () => agent.client.env.delete({ name: 'demo' });
  await killAmid(deleting, ({ kind, step }) => kind === 'env.delete' && step?.code === 'deletingVms');
  expect([await agent.leftovers(), await agent.client.env.list()]).toEqual([NO_LEFTOVERS, { envs: [] }]);
});
