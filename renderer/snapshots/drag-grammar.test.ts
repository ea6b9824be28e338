// The grammar of dragging, row by row, and what means nothing.
import type { Snapshot } from '@tt/protocol';
import { expect, test } from 'vitest';
import { type Held, meantBy, PAGE, type Target, verbFor } from './drag-grammar.ts';

function snapshot(scope: 'vm' | 'env', vmIds: string[], removed: string[] = []): Snapshot {
  const vms = vmIds.map((vmId) => ({
    vmId,
    vmName: `demo/${vmId}`,
    hasRam: true,
    vmStateBytes: 1,
    removed: removed.includes(vmId),
    hasThumbnail: false,
    spec: null,
  }));
  return {
    id: 's1',
    name: 'clean',
    title: '',
    notes: '',
    envName: 'demo',
    scope,
    kind: 'user',
    parentId: null,
    vms,
    createdAt: '2026-11-21T12:04:00.000Z',
    expiresAt: null,
    pausedMs: 0,
    skewMs: 0,
    sizeBytes: 0,
  };
}

const web1: Target & Held = { kind: 'vm', vmId: 'web-1', vmName: 'web-1', envName: 'demo' };
const web2: Target & Held = { kind: 'vm', vmId: 'web-2', vmName: 'web-2', envName: 'demo' };
const elsewhere: Target = { kind: 'vm', vmId: 'web-1', vmName: 'web-1', envName: 'other' };
const header: Target = { kind: 'env', envName: 'demo' };
const shelf: Target = { kind: 'shelf' };
const demo: Held = { kind: 'env', envName: 'demo', vmCount: 2 };
const files: Held = { kind: 'files' };
const folder: Target = { kind: 'guestFolder', vmId: 'web-1', vmName: 'web-1', envName: 'demo', folder: '/srv' };
const ofWeb1: Held = { kind: 'snapshot', snapshot: snapshot('vm', ['web-1']) };
const ofDemo: Held = { kind: 'snapshot', snapshot: snapshot('env', ['web-1', 'web-2']) };
const ofLonely: Held = { kind: 'snapshot', snapshot: snapshot('env', ['web-1']) };
const withoutWeb2: Held = { kind: 'snapshot', snapshot: snapshot('env', ['web-1', 'web-2'], ['web-2']) };
const ofNobody: Held = { kind: 'snapshot', snapshot: snapshot('env', ['web-1'], ['web-1']) };

test.each<[string, Held, Target, unknown]>([
  ['machine on shelf', web1, shelf, { do: 'snapshotVm', vmName: 'web-1' }],
  ['ENV on shelf', demo, shelf, { do: 'snapshotEnv', vmCount: 2 }],
  ['machine snapshot on its machine', ofWeb1, web1, { do: 'revertVm', vmId: 'web-1', only: false }],
  ['ENV snapshot on ENV header', ofDemo, header, { do: 'revertEnv', vmCount: 2 }],
  ['ENV snapshot on one machine', ofDemo, web2, { do: 'revertVm', vmId: 'web-2', only: true }],
  ['ENV snapshot of a single machine on it', ofLonely, web1, { do: 'revertVm', only: false }],
  ['files on a machine', files, web1, { do: 'pushVm', envName: 'demo', vmId: 'web-1', folder: null }],
  ['files on the ENV', files, header, { do: 'pushEnv', envName: 'demo' }],
  ['files on a folder of a guest', files, folder, { do: 'pushVm', vmId: 'web-1', folder: '/srv' }],
  ['files on nothing of that', files, PAGE, { do: 'importImages' }],
  ['machines deleted since are not counted', withoutWeb2, header, { do: 'revertEnv', vmCount: 1 }],
])('%s', (_, held, target, verb) => {
  expect(verbFor(held, target)).toMatchObject(verb as object);
});

test.each<[string, Held, Target]>([
  ['machine snapshot on another machine', ofWeb1, web2],
  ['machine snapshot on the ENV', ofWeb1, header],
  ['snapshot on a machine deleted since', withoutWeb2, web2],
  ['snapshot whose machines are all gone', ofNobody, header],
  ['snapshot on another ENV', ofDemo, { kind: 'env', envName: 'other' }],
  ['snapshot on a machine of another ENV', ofDemo, elsewhere],
  ['snapshot on the shelf', ofDemo, shelf],
  ['machine on machine', web1, web2],
  ['files on the shelf', files, shelf],
  ['files between the cards of the board', files, { kind: 'board' }],
  ['files on a machine that is not known', files, { kind: 'vm', vmId: '', vmName: '', envName: '' }],
  ['snapshot on a folder of a guest', ofDemo, folder],
  ['machine on a folder of a guest', web1, folder],
  ['machine on ENV', web1, header],
  ['ENV on ENV', demo, header],
  ['ENV without machines on shelf', { kind: 'env', envName: 'demo', vmCount: 0 }, shelf],
])('nothing: %s', (_, held, target) => {
  expect(verbFor(held, target)).toBeNull();
});

test('files on what takes none are files on the window; what takes them keeps them, and all else that is held means itself', () => {
  const board: Target = { kind: 'board' };
  expect([shelf, board, header, web1, folder].map((target) => meantBy(files, target))).toEqual([
    PAGE,
    PAGE,
    header,
    web1,
    folder,
  ]);
  expect([meantBy(ofDemo, board), meantBy(demo, shelf), meantBy(null, board)]).toEqual([board, shelf, board]);
  expect([web1, demo, ofDemo].map((held) => verbFor(held, PAGE))).toEqual([null, null, null]);
});
