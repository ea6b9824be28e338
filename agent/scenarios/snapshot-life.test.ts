// Snapshots with real guests on each storage (env-life.test.ts covers qcow2 in `npm test`): an ENV is saved at one instant,
// written to, resized, and reverted with RAM, disk, configuration and clock; then the revert is undone.
import type { Vm } from '@tt/protocol';
import { afterAll, expect, it } from 'vitest';
import type { RealAgent } from '../testing/real-agent.ts';
import { describeOn, type StorageFixtureName, startAgentOn } from '../testing/storage-fixtures.ts';
import { until } from '../testing/until.ts';

describeOn(['reflink'], snapshotLife, { tags: ['real'] });
describeOn(['qcow2', 'zfs'], snapshotLife, { tags: ['long'] });

/** Prints how long the revert took. */
function snapshotLife(name: StorageFixtureName): void {
  let agent: RealAgent | undefined;
  afterAll(() => agent?.remove(), 60_000);

  it('an ENV goes back to an instant, and forth again', async () => {
    agent = await startAgentOn(name);
    await life(name, agent);
  }, 180_000);
}

async function life(name: StorageFixtureName, agent: RealAgent): Promise<void> {
  const { client } = agent;
  expect((await client.host.show()).storage).toContain(name);
  const { vms } = await client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  const [one, two] = vms as [Vm, Vm];
  await Promise.all(vms.map((vm) => run(agent, vm, `date -s 2001-01-01 > /dev/null; ${write('apple')}`)));

  const taken = await client.snapshot.create({ envName: 'demo', name: 'ripe', title: 'Ripe' });
  expect(taken.vms.map(({ hasRam, hasThumbnail }) => [hasRam, hasThumbnail])).toEqual([
    [true, true],
    [true, true],
  ]);
  expect(taken.skewMs).toBeLessThan(taken.pausedMs);

  await run(agent, two, write('pear'));
  await client.vm.stop({ vmId: one.id, graceS: 0 });
  await client.vm.update({ vmId: one.id, memoryMiB: 160 });
  const started = performance.now();
  const done = await client.snapshot.revert({ envName: 'demo', name: 'ripe' });
  const tookMs = Math.round(performance.now() - started);
  process.stdout.write(`${name}: an ENV of two was paused ${taken.pausedMs} ms, and put back in ${tookMs} ms\n`);
  await until('the clocks are set', async () => {
    const { operations } = await client.operation.list();
    return operations.some(({ kind, state }) => kind === 'snapshot.setClocks' && state === 'succeeded');
  });
  const seen = await Promise.all(vms.map((vm) => run(agent, vm, READ)));
  for (const [words, seconds] of seen.map((text) => text.split(' at '))) {
    expect(words).toBe('apple apple');
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(30);
  }
  expect((await client.vm.show({ vmId: one.id })).spec.memoryMiB).toBe(128);

  await client.snapshot.revert({ envName: 'demo', name: done.safetySnapshotName ?? '', safety: false });
  expect(await run(agent, two, READ)).toMatch(/^pear pear at /);
  expect(await client.vm.show({ vmId: one.id })).toMatchObject({ state: 'stopped', spec: { memoryMiB: 160 } });

  const { snapshots } = await client.snapshot.usage({ envName: 'demo' });
  expect(snapshots.map((held) => [held.ramBytes > 0, held.vms.flatMap(({ missing }) => missing)])).toEqual([
    [true, []],
    [true, []],
  ]);
  await client.snapshot.delete({ envName: 'demo', name: 'ripe' });
  await client.env.stop({ name: 'demo', graceS: 0 });
  expect((await client.env.compact({ name: 'demo' })).vms.map(({ skipped }) => skipped)).toEqual([false, false]);
}

const write = (word: string) => `echo ${word} > /dev/shm/word; echo ${word} > /root/word; sync`;
const READ = 'echo $(cat /dev/shm/word /root/word) at $(date +%s)';

async function run(agent: RealAgent, vm: Vm, command: string): Promise<string> {
  const shell = await agent.shell(vm);
  const text = await shell.run(command);
  shell.close();
  return text;
}
