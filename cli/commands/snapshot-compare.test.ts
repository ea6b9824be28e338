// The text of a comparison.
import type { SnapshotComparison } from '@tt/protocol';
import { expect, it } from 'vitest';
import { comparisonText } from './snapshot-compare.ts';

const MIB = 1024 * 1024;
const createdAt = '2026-11-21T12:04:00.000Z';

const comparison: SnapshotComparison = {
  before: { id: 's1', name: 'clean', createdAt },
  after: { id: 's2', name: 'broken', createdAt },
  vms: [
    {
      vmId: 'v1',
      vmName: 'demo/web-1',
      in: 'both',
      beforeRamBytes: 64 * MIB,
      afterRamBytes: null,
      disks: [
        { name: 'disk0', in: 'both', beforeMiB: 64, afterMiB: 128, changedBytes: 3 * MIB },
        { name: 'disk1', in: 'after', beforeMiB: null, afterMiB: 16, changedBytes: null },
        { name: 'disk2', in: 'both', beforeMiB: 16, afterMiB: 16, changedBytes: null },
        { name: 'disk3', in: 'both', beforeMiB: 16, afterMiB: 16, changedBytes: null, uncounted: 'tooMuch' },
      ],
      changes: [
        { property: 'memoryMiB', before: '128', after: '256' },
        { property: 'blacklist', before: '', after: '10.0.0.0/8' },
      ],
    },
    {
      vmId: 'v2',
      vmName: 'demo/web-2',
      in: 'both',
      beforeRamBytes: 64 * MIB,
      afterRamBytes: 64 * MIB,
      disks: [{ name: 'disk0', in: 'both', beforeMiB: 64, afterMiB: 64, changedBytes: 0 }],
      changes: [],
    },
    {
      vmId: 'v3',
      vmName: 'demo/web-3',
      in: 'before',
      beforeRamBytes: 64 * MIB,
      afterRamBytes: null,
      disks: [],
      changes: null,
    },
  ],
  leftOutVms: 7,
};

it('says what has changed of each machine, what has not, and what is not known', () => {
  const lines = comparisonText(comparison).split('\n');
  expect(lines[0]).toBe('from clean to broken');
  expect(lines[2]).toMatch(
    /^demo\/web-1 +64 MiB -> none +disk0: 3 MiB differ, 64 -> 128 MiB; disk1: only after; disk2: unknown; disk3: unknown \(counting would take too long\) /,
  );
  expect(lines[2]).toContain('the memory size: 128 MiB -> 256 MiB; the blocked destinations: - -> 10.0.0.0/8');
  expect(lines[3]).toMatch(/^demo\/web-2 +64 MiB +disk0: same +same$/);
  expect(lines[4]).toMatch(/^demo\/web-3 +only before +- +-$/);
  expect(lines[5]).toBe('and 7 more VMs, which are not compared');
});
