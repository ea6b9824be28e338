// Lanes of the timeline: a first child stays in its lane, branches open further ones, the present state is a node of its own.
import type { Snapshot } from '@tt/protocol';
import { expect, test } from 'vitest';
import { suggestSnapshotName } from './snapshot-name.ts';
import { nodesOf, timeline } from './timeline.ts';

type Entry = [id: string, parentId: string | null, vmIds?: string[]];

function line(...entries: Entry[]): Snapshot[] {
  return entries.map(([id, parentId, vmIds = []], index) => ({
    id,
    name: id,
    title: '',
    notes: '',
    envName: 'demo',
    scope: 'env',
    kind: 'user',
    parentId,
    vms: vmIds.map((vmId) => ({
      vmId: vmId.replace(/-$/, ''),
      vmName: `demo/${vmId}`,
      hasRam: true,
      vmStateBytes: 1,
      removed: vmId.endsWith('-'),
      hasThumbnail: false,
      spec: null,
    })),
    createdAt: new Date(index * 1000).toISOString(),
    expiresAt: null,
    pausedMs: 0,
    skewMs: 0,
    sizeBytes: 0,
  }));
}

function drawn(snapshots: Snapshot[], current: string | null, vmId: string | null = null): string[] {
  return timeline(nodesOf(snapshots, current, vmId)).map(
    ({ id, lane, from, through, continues }) =>
      `${id} lane ${lane} from ${from ?? '-'} through [${through.join()}]${continues ? ' goes on' : ''}`,
  );
}

test('one line, that ends in the present', () => {
  expect(drawn(line(['a', null], ['b', 'a'], ['c', 'b']), 'c')).toEqual([
    'a lane 0 from - through [] goes on',
    'b lane 0 from 0 through [] goes on',
    'c lane 0 from 0 through [] goes on',
    'now lane 0 from 0 through []',
  ]);
});

test('a branch opens a lane; its parent’s lane passes the rows between', () => {
  expect(drawn(line(['a', null], ['b', 'a'], ['c', 'b'], ['d', 'a']), 'd')).toEqual([
    'a lane 0 from - through [] goes on',
    'b lane 0 from 0 through [0] goes on',
    'c lane 0 from 0 through [0]',
    'd lane 1 from 0 through [] goes on',
    'now lane 1 from 1 through []',
  ]);
});

test('after a revert the present branches off from what was reverted to', () => {
  expect(drawn(line(['a', null], ['b', 'a']), 'a')).toEqual([
    'a lane 0 from - through [] goes on',
    'b lane 0 from 0 through [0]',
    'now lane 1 from 0 through []',
  ]);
});

test('without a snapshot the present is alone; a parent that was deleted counts as none, and order of arrival does not matter', () => {
  expect(drawn([], null)).toEqual(['now lane 0 from - through []']);
  const snapshots = line(['b', 'gone'], ['c', 'b']);
  expect(drawn(snapshots.toReversed(), 'gone')).toEqual([
    'b lane 0 from - through [] goes on',
    'c lane 0 from 0 through []',
    'now lane 0 from - through []',
  ]);
});

test('a machine has a tree of its own: snapshots without it are left out, what came from them comes from the one before', () => {
  const snapshots = line(
    ['a', null, ['web', 'db']],
    ['of-db', 'a', ['db']],
    ['b', 'of-db', ['web', 'db']],
    ['without', 'b', ['web-', 'db']],
  );
  expect(nodesOf(snapshots, 'without', 'web').map(({ id, parentId }) => [id, parentId])).toEqual([
    ['a', null],
    ['b', 'a'],
    ['now', 'b'],
  ]);
  expect(nodesOf(snapshots, 'without', 'db').map(({ id }) => id)).toEqual(['a', 'of-db', 'b', 'without', 'now']);
  expect(nodesOf(snapshots, 'without', 'nobody').map(({ id, parentId }) => [id, parentId])).toEqual([['now', null]]);
});

test('records that lead in a circle end', () => {
  const snapshots = line(['a', 'b', ['db']], ['b', 'a', ['db']]);
  expect(nodesOf(snapshots, 'a', 'web')).toEqual([{ id: 'now', parentId: null, snapshot: null }]);
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
