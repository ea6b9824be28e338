// Pages of an ENV: each VM in one of them, what else there is in the last.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EventLog } from '../../events/event-log.ts';
import { Inventory } from '../../inventory/inventory.ts';
import { testVm } from '../../inventory/test-vm.ts';
import type { EnvRecord, SnapshotRecord } from '../../state/records.ts';
import { StateStore } from '../../state/store.ts';
import { envDetail, envPage } from './env-detail.ts';

let store: StateStore;
let inventory: Inventory;
const warnings = [{ code: 'firewallFake' }];
const services = () => ({ inventory, foreignFirewalls: { warnings } }) as unknown as Parameters<typeof envPage>[0];

beforeEach(() => {
  store = new StateStore(':memory:');
  inventory = new Inventory(store, new EventLog('host-1', () => new Date(0)), 'host-1');
  const networks = [{ kind: 'nat', envName: 'demo', number: 1, cidr: null, vni: null }];
  const env = { name: 'demo', owner: 'local', tags: [], warnedS: [], networks, lab: null, phase: 'ready' };
  inventory.putEnv(env as unknown as EnvRecord);
  inventory.putVms(['a', 'b', 'c', 'd', 'e'].map((id) => testVm(id)));
  inventory.putSnapshot({ id: 's', name: 'clean', envName: 'demo', vms: [] } as unknown as SnapshotRecord);
});
afterEach(() => store.close());

it('has each VM in one page, and snapshots and warnings in the last', () => {
  const whole = envDetail(services(), 'demo');
  expect([whole.vms.length, whole.snapshots.length, whole.warnings]).toEqual([5, 1, warnings]);
  const first = envPage(services(), 'demo', { limit: 2 });
  const second = envPage(services(), 'demo', { limit: 2, after: first.next });
  const last = envPage(services(), 'demo', { limit: 2, after: second.next });
  expect([first, second, last].map(({ vms, next }) => [vms.map(({ id }) => id).join(''), next])).toEqual([
    ['ab', 'b'],
    ['cd', 'd'],
    ['e', undefined],
  ]);
  expect([first, second].map(({ snapshots, warnings: of }) => [snapshots, of])).toEqual([
    [[], []],
    [[], []],
  ]);
  const { next: _none, ...ending } = last;
  expect({ ...ending, vms: [...first.vms, ...second.vms, ...last.vms] }).toEqual(whole);
  expect(first.env.vmIds).toHaveLength(5);
});

it('ends where the VMs end exactly, also for an ENV without any', () => {
  expect(envPage(services(), 'demo', { limit: 5 })).toEqual(envDetail(services(), 'demo'));
  inventory.deleteVms(['a', 'b', 'c', 'd', 'e']);
  expect(envPage(services(), 'demo', { limit: 5 })).toEqual(envDetail(services(), 'demo'));
});

it('shows no VM twice and leaves none out that stays, when others go between two pages', () => {
  const first = envPage(services(), 'demo', { limit: 2 });
  inventory.deleteVm('a');
  inventory.putVm(testVm('f'));
  const second = envPage(services(), 'demo', { limit: 9, after: first.next });
  expect(second.vms.map(({ id }) => id)).toEqual(['c', 'd', 'e', 'f']);
  inventory.deleteVm('b');
  expect(() => envPage(services(), 'demo', { limit: 9, after: first.next })).toThrow('b');
});
