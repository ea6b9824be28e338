// The agent's records: each change is stored and published in one step, and nothing is published that did not change.
import type { VmState } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventLog } from '../events/event-log.ts';
import { Pages } from '../events/pages.ts';
import { noRecords, testHost } from '../events/test-picture.ts';
import type { EnvRecord, SnapshotRecord } from '../state/records.ts';
import { envRecord } from '../state/test-records.ts';
import { StateStore } from '../state/store.ts';
import { Inventory } from './inventory.ts';
import { testVm as vm } from './test-vm.ts';
import { envState } from './views.ts';
import { VmChanges } from './vm-changes.ts';

let store: StateStore;
let log: EventLog;
let inventory: Inventory;
let told: string[];

beforeEach(() => {
  store = new StateStore(':memory:');
  log = new EventLog('host-1', () => new Date(0));
  inventory = new Inventory(store, log, 'host-1');
  told = [];
  log.onPublish((type) => told.push(type));
});
afterEach(() => store.close());

const snapshot = (id: string, envName = 'demo'): SnapshotRecord => ({
  id,
  name: `name-${id}`,
  title: '',
  notes: '',
  envName,
  scope: 'env',
  kind: 'user',
  parentId: null,
  vms: [],
  createdAt: '2026-11-21T10:00:00.000Z',
  pausedMs: 0,
  skewMs: 0,
  expiresAt: null,
  sizeBytes: 0,
});

describe('a change', () => {
  it('is told with the new data, and with the ENV when that changes by it', async () => {
    inventory.putEnv(envRecord('demo'));
    inventory.putVm(vm('a'));
    inventory.updateVm('a', { status: { failure: null } });
    inventory.updateVm('a', { status: { state: 'stopped' } });
    inventory.putEnv({ ...envRecord('demo'), title: 'new' });
    inventory.deleteVm('a');
    inventory.deleteVm('a');
    inventory.deleteEnv('demo');
    inventory.deleteEnv('demo');
    expect(told).toEqual([
      'env.created',
      'vm.created',
      'env.updated',
      'vm.updated',
      'vm.updated',
      'env.updated',
      'env.updated',
      'vm.deleted',
      'env.updated',
      'env.deleted',
    ]);
    const feed = log.follow(
      { name: 'local', role: 'admin' },
      () => ({ host: testHost(), pages: new Pages(noRecords) }),
      { revision: 4, source: log.source },
      undefined,
    );
    expect((await feed.next()).value).toMatchObject({
      event: { type: 'vm.updated', revision: 5, data: { id: 'a', state: 'stopped', hostId: 'host-1', viewers: 0 } },
    });
    expect((await feed.next()).value).toMatchObject({
      event: { data: { name: 'demo', state: 'stopped', vmIds: ['a'] } },
    });
    await feed.return();
  });

  it('is written down: the next agent knows the same', () => {
    inventory.putEnv(envRecord('demo'));
    inventory.putVm(vm('b'));
    inventory.putVm(vm('a'));
    inventory.updateVm('b', { status: { state: 'failed' } });
    inventory.putSnapshot(snapshot('s'));
    inventory.setPosition('demo', 's');
    const next = new Inventory(store, log, 'host-1');
    expect([next.envs(), next.vms(), next.snapshots(), next.positionOf('demo')]).toEqual([
      [envRecord('demo')],
      [vm('b', 'failed'), vm('a')],
      [snapshot('s')],
      's',
    ]);
  });

  it('shows clients nothing of paths, processes and UUIDs', () => {
    inventory.putVm(vm('a'));
    const text = JSON.stringify(inventory.vmView(inventory.vm('a')));
    expect(['secret', '4711', 'startTicks'].filter((word) => text.includes(word))).toEqual([]);
  });

  it('of state follows the table; anything else is a fault that names both states', () => {
    inventory.putVm(vm('a', 'deleting'));
    const before = told.length;
    expect(() => inventory.updateVm('a', { status: { state: 'running' } })).toThrow(
      "VM demo/a (a) can't go from deleting to running",
    );
    expect([inventory.vm('a').status.state, told.length]).toEqual(['deleting', before]);
    inventory.updateVm('a', { status: { state: 'deleting', process: null } });
    inventory.updateVm('a', { status: { state: 'failed' } });
    inventory.updateVm('a', { status: { state: 'running' } });
    expect(inventory.vm('a')).toMatchObject({ status: { state: 'running', process: null } });
  });

  it('of viewers is counted, never below none, and not for a VM that is gone', () => {
    inventory.putVm(vm('a'));
    for (const change of [1, 1, -1, -1, -1, 1] as const) inventory.changeViewers('a', change);
    inventory.changeViewers('gone', 1);
    expect(inventory.vmView(inventory.vm('a')).viewers).toBe(1);
  });
});

describe('the position of an ENV', () => {
  it('is nowhere at first, and when its current snapshot was deleted', () => {
    inventory.putEnv(envRecord('demo'));
    expect(inventory.positionOf('demo')).toBeNull();
    inventory.putSnapshot(snapshot('s'));
    inventory.setPosition('demo', 's');
    expect(inventory.positionOf('demo')).toBe('s');
    inventory.deleteSnapshot('s');
    expect(inventory.positionOf('demo')).toBeNull();
  });

  it('does not outlive the ENV', () => {
    inventory.putEnv(envRecord('demo'));
    inventory.putSnapshot(snapshot('s'));
    inventory.setPosition('demo', 's');
    inventory.deleteEnv('demo');
    inventory.putEnv(envRecord('demo'));
    expect(inventory.positionOf('demo')).toBeNull();
  });
});

it('keeps ENVs apart', () => {
  for (const name of ['demo', 'demo2']) {
    inventory.putEnv(envRecord(name));
    inventory.putVm(vm(`vm-${name}`, 'running', name));
    inventory.putSnapshot(snapshot(`s-${name}`, name));
  }
  expect(inventory.vmsOf('demo').map(({ id }) => id)).toEqual(['vm-demo']);
  expect(inventory.snapshotsOf('demo').map(({ id }) => id)).toEqual(['s-demo']);
  expect(() => inventory.snapshot('demo', 'name-s-demo2')).toThrow(
    expect.objectContaining({
      code: 'SNAPSHOT_NOT_FOUND',
      data: expect.objectContaining({ suggestions: ['name-s-demo'] }),
    }),
  );
});

it.each<[EnvRecord['phase'], VmState[], string]>([
  ['ready', [], 'empty'],
  ['ready', ['running', 'paused'], 'running'],
  ['ready', ['running', 'stopped'], 'partial'],
  ['ready', ['running', 'failed'], 'partial'],
  ['ready', ['stopped', 'stopped'], 'stopped'],
  ['ready', ['stopped', 'failed'], 'failed'],
  ['creating', ['running'], 'creating'],
  ['deleting', [], 'deleting'],
])('an ENV that is %s with VMs %j is %s', (phase, states, expected) => {
  expect(
    envState(
      phase,
      states.map((state) => vm('a', state)),
    ),
  ).toBe(expected);
});

describe('changes of VMs that are written down together', () => {
  /** Nobody waits that long: what is written is written for another reason. */
  const LONG_MS = 600_000;
  const paused = { status: { state: 'paused' as const } };
  let transactions: number;

  beforeEach(() => {
    inventory.putEnv(envRecord('demo'));
    inventory.putVms(['a', 'b', 'c'].map((id) => vm(id)));
    transactions = 0;
    const { transaction } = store;
    store.transaction = (work) => {
      transactions++;
      return transaction.call(store, work) as ReturnType<typeof work>;
    };
  });
  const stored = () => store.vms.list().map(({ status }) => status.state);

  it('are in one transaction, and on the disk when they resolve', async () => {
    const changes = new VmChanges(inventory, LONG_MS);
    const written = ['a', 'b', 'c'].map((id) =>
      changes.update(id, paused).then(({ status }) => [status.state, stored()]),
    );
    expect([stored(), inventory.vm('a').status.state]).toEqual([['running', 'running', 'running'], 'running']);
    changes.flush();
    const all = ['paused', 'paused', 'paused'];
    expect(await Promise.all(written)).toEqual(all.map((state) => [state, all]));
    expect(transactions).toBe(1);
    changes.flush();
    expect(transactions).toBe(1);
  });

  it('are written without being asked for, after a while or when they are many', async () => {
    expect(await new VmChanges(inventory, 0).update('a', paused)).toEqual(inventory.vm('a'));
    const ids = Array.from({ length: 64 }, (_, index) => `many-${index}`);
    inventory.putVms(ids.map((id) => vm(id)));
    transactions = 0;
    const changes = new VmChanges(inventory, LONG_MS);
    await Promise.all(ids.map((id) => changes.update(id, paused)));
    expect(transactions).toBe(1);
  });

  it('are refused alone: one of a VM that is gone, or to a state that can not follow', async () => {
    const changes = new VmChanges(inventory, LONG_MS);
    const outcome = Promise.allSettled([
      changes.update('a', paused),
      changes.update('b', { status: { state: 'creating' } }),
      changes.update('c', paused),
    ]);
    inventory.deleteVm('c');
    changes.flush();
    expect(await outcome).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { message: "VM demo/b (b) can't go from running to creating" } },
      { status: 'rejected', reason: { code: 'VM_NOT_FOUND' } },
    ]);
    expect(stored()).toEqual(['paused', 'running']);
  });

  it('change nothing at all where all of them are one change', () => {
    const some = ['a', 'gone'].map((id) => ({ id, change: paused }));
    expect(() => inventory.updateVms(some)).toThrow('gone');
    expect([stored()[0], inventory.vm('a').status.state]).toEqual(['running', 'running']);
  });
});
