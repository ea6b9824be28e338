// Names of automatic snapshots: what is composed is read again, and what people choose is left alone.
import { describe, expect, it } from 'vitest';
import { automaticSnapshot, endSnapshotName, safetySnapshotName, scheduledSnapshotName } from './automatic-names.ts';
import { isValidName } from './names.ts';

const at = new Date('2026-11-21T02:18:47.624Z');

describe('names of automatic snapshots', () => {
  it('are valid, and say their kind and time again', () => {
    expect(safetySnapshotName('clean', at)).toBe('before-clean-261121021847624');
    expect(scheduledSnapshotName(at)).toBe('auto-20261121021847');
    for (const of of ['clean', 'a'.repeat(63), 'step-2', safetySnapshotName('clean', at), scheduledSnapshotName(at)]) {
      const name = safetySnapshotName(of, at);
      expect(isValidName(name)).toBe(true);
      expect(automaticSnapshot(name)).toEqual({ kind: 'safety', takenAt: at.toISOString() });
    }
    expect(automaticSnapshot(scheduledSnapshotName(at))).toEqual({
      kind: 'scheduled',
      takenAt: '2026-11-21T02:18:47.000Z',
    });
    expect(endSnapshotName(at)).toBe('end-20261121021847');
    expect(automaticSnapshot(endSnapshotName(at))).toEqual({ kind: 'end', takenAt: '2026-11-21T02:18:47.000Z' });
  });

  it.each([
    'clean',
    'before-the-accident',
    'before-upgrade-2026',
    'auto-nightly',
    'end-of-tests',
    // No time: a thirteenth month, the thirtieth of February, an hour that no day has.
    'before-clean-261321021847624',
    'before-clean-260230021847624',
    'auto-20261121250000',
    // A digit too few, and something after them.
    'before-clean-26112102184762',
    'auto-20261121021847-2',
    'end-20261321021847',
  ])('%s is a name somebody chose', (name) => {
    expect(automaticSnapshot(name)).toBeNull();
  });
});
