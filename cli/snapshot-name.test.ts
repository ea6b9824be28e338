// What `tt` calls snapshots.
import { safetySnapshotName, scheduledSnapshotName, TtError } from '@tt/protocol';
import { expect, it } from 'vitest';
import { messageOf, namedSnapshot, snapshotLabel } from './snapshot-name.ts';

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

it('calls them so in the messages of errors, and leaves other names and what is not in the table', () => {
  const safety = safetySnapshotName('clean', at);
  const missing = (snapshotName: string) =>
    new TtError('SNAPSHOT_NOT_FOUND', { envName: 'demo', snapshotName, suggestions: [] });
  expect(messageOf(missing(safety))).toBe(`demo has no snapshot called Before revert, 2026-11-21 12:04 (${safety}).`);
  expect(messageOf(missing('clean'))).toBe('demo has no snapshot called clean.');
  const newer = { code: 'FROM_THE_FUTURE', message: 'It did.', data: { snapshotName: safety } };
  expect(messageOf(newer as unknown as TtError)).toBe('It did.');
});
