// What `tt` calls snapshots.
import { safetySnapshotName, scheduledSnapshotName } from '@tt/protocol';
import { expect, it } from 'vitest';
import { namedSnapshot, snapshotLabel } from './snapshot-name.ts';

/** A time of this computer, wherever it is. */
const at = new Date(2026, 10, 21, 12, 4, 9);

it('says what an automatic snapshot is, with the day unless it is today', () => {
  const safety = safetySnapshotName('clean', at);
  expect(snapshotLabel(safety, new Date(2026, 10, 21, 23, 59))).toBe('Before revert, 12:04');
  expect(snapshotLabel(safety, new Date(2026, 10, 22, 0, 1))).toBe('Before revert, 2026-11-21 12:04');
  expect(snapshotLabel(scheduledSnapshotName(at), at)).toBe('Scheduled, 12:04');
  expect(namedSnapshot(safety)).toBe(`Before revert, 2026-11-21 12:04 (${safety})`);
});

it('leaves chosen names alone', () => {
  expect([snapshotLabel('clean'), namedSnapshot('before-the-accident')]).toEqual([null, 'before-the-accident']);
});
