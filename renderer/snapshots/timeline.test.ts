// Lanes of the timeline: a first child stays in its lane, branches open further ones.
import type { Snapshot } from '@tt/protocol';
import { expect, test } from 'vitest';
import { suggestSnapshotName } from './snapshot-name.ts';
import { timeline } from './timeline.ts';

function line(...entries: [id: string, parentId: string | null][]): Snapshot[] {
  return entries.map(([id, parentId], index) => ({
    id,
    name: id,
    title: '',
    notes: '',
    envName: 'demo',
    scope: 'env',
    kind: 'user',
    parentId,
    vms: [],
    createdAt: new Date(index * 1000).toISOString(),
    expiresAt: null,
    pausedMs: 0,
    skewMs: 0,
    sizeBytes: 0,
  }));
}

function drawn(snapshots: Snapshot[]): string[] {
  return timeline(snapshots).map(
    ({ snapshot, lane, from, through, continues }) =>
      `${snapshot.id} lane ${lane} from ${from ?? '-'} through [${through.join()}]${continues ? ' goes on' : ''}`,
  );
}

test('one line', () => {
  expect(drawn(line(['a', null], ['b', 'a'], ['c', 'b']))).toEqual([
    'a lane 0 from - through [] goes on',
    'b lane 0 from 0 through [] goes on',
    'c lane 0 from 0 through []',
  ]);
});

test('a branch opens a lane; its parent’s lane passes the rows between', () => {
  expect(drawn(line(['a', null], ['b', 'a'], ['c', 'b'], ['d', 'a']))).toEqual([
    'a lane 0 from - through [] goes on',
    'b lane 0 from 0 through [0] goes on',
    'c lane 0 from 0 through [0]',
    'd lane 1 from 0 through []',
  ]);
});

test('a parent that was deleted counts as none, and order of arrival does not matter', () => {
  const snapshots = line(['b', 'gone'], ['c', 'b']);
  expect(drawn(snapshots.toReversed())).toEqual(['b lane 0 from - through [] goes on', 'c lane 0 from 0 through []']);
});

test('names: clean first, then numbered, never one that is taken', () => {
  expect(suggestSnapshotName([])).toBe('clean');
  expect(suggestSnapshotName([{ name: 'clean', kind: 'user' }])).toBe('step-2');
  expect(
    suggestSnapshotName([
      { name: 'a', kind: 'user' },
      { name: 'step-2', kind: 'safety' },
    ]),
  ).toBe('step-3');
});
