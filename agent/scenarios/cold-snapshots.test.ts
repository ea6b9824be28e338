// Snapshots of a stopped machine with a second disk and UEFI variables, on each storage: all disks are reverted together, the
// revert is undone, a fork has them as they were, and each snapshot reports the storage it alone uses.
// @module-tag long
import { expect, it } from 'vitest';
import type { Word } from '../storage/contract-harness.ts';
import { readWord, writeWord } from '../storage/test-disk-words.ts';
import { describeOn, type FixtureAgent, startAgentOn } from '../testing/storage-fixtures.ts';
import { until } from '../testing/until.ts';

const DISKS = ['disk0', 'disk1', 'nvram'];

async function write(agent: FixtureAgent, vmId: string, word: Word): Promise<void> {
  for (const name of DISKS) await writeWord(await agent.diskFile(vmId, name), word);
}

async function read(agent: FixtureAgent, vmId: string): Promise<string[]> {
  const words = [];
  for (const name of DISKS) words.push(await readWord(await agent.diskFile(vmId, name)));
  return words;
}

describeOn(['qcow2', 'reflink', 'btrfs', 'zfs'], (storage) => {
  it('all disks of a stopped machine go back, forth again, and into a fork', async () => {
    const agent = await startAgentOn(storage);
    try {
      const { client } = agent;
      const group = { osPrefix: 'tiny', memoryMiB: 256, disks: [{ sizeMiB: 16 }], firmware: 'uefi' as const };
      const { vms } = await client.env.create({ name: 'demo', groups: [group] });
      const vmId = vms[0]?.id ?? '';
      await client.env.stop({ name: 'demo', graceS: 0 });
      await write(agent, vmId, 'apple');
      const taken = await client.snapshot.create({ envName: 'demo', name: 'cold' });
      expect(taken.vms.map(({ hasRam }) => hasRam)).toEqual([false]);
      await write(agent, vmId, 'pear');
      const held = async () => (await client.snapshot.usage({ envName: 'demo' })).snapshots[0]?.diskBytes ?? 0;
      // Three disks, a block of each at least. ZFS counts what it has written, which may be half a minute later.
      await until('it says what the snapshot alone holds', async () => (await held()) >= 3 * 4096, 60_000);

      const started = performance.now();
      const { safetySnapshotName } = await client.snapshot.revert({ envName: 'demo', name: 'cold' });
      const revertedMs = Math.round(performance.now() - started);
      expect(await read(agent, vmId)).toEqual(['apple', 'apple', 'apple']);
      await client.snapshot.revert({ envName: 'demo', name: safetySnapshotName ?? '', safety: false });
      expect(await read(agent, vmId)).toEqual(['pear', 'pear', 'pear']);

      const forked = performance.now();
      const { envs } = await client.snapshot.fork({ envName: 'demo', name: 'cold', newName: 'copy' });
      const forkedMs = Math.round(performance.now() - forked);
      const copyId = envs[0]?.vms[0]?.id ?? '';
      expect(await read(agent, copyId)).toEqual(['apple', 'apple', 'apple']);
      process.stdout.write(
        `${storage}: three disks put back, with a safety snapshot, in ${revertedMs} ms, forked in ${forkedMs} ms\n`,
      );

      await client.env.delete({ name: 'copy' });
      for (const name of ['cold', safetySnapshotName ?? '']) await client.snapshot.delete({ envName: 'demo', name });
      expect(await read(agent, vmId)).toEqual(['pear', 'pear', 'pear']);
      await client.env.delete({ name: 'demo' });
      expect((await agent.leftovers()).disks).toEqual([]);
    } finally {
      await agent.remove();
    }
  });
});
