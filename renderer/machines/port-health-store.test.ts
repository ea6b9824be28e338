// Ports are asked about only while somebody sees them, two machines at a time; what was found in another run is not said of this one.
import type { VmPortHealth } from '@tt/protocol';
import { observable, runInAction } from 'mobx';
import { expect, it } from 'vitest';
import type { Bridge } from '../bridge.ts';
import { PortHealthStore } from './port-health-store.ts';

const web = { protocol: 'tcp', guestPort: 80 } as const;

function setUp({ isViewer = false } = {}) {
  const asked: string[] = [];
  const pending: { resolve: (health: VmPortHealth) => void; reject: (error: Error) => void }[] = [];
  const link = observable({ up: true });
  const vms = observable.map<string, { state: string; runningSince: string }>(
    ['a', 'b', 'c', 'off'].map((id) => [id, { state: id === 'off' ? 'stopped' : 'running', runningSince: '1' }]),
  );
  const client = {
    vm: {
      portHealth: ({ vmId }: { vmId: string }) => {
        asked.push(vmId);
        return new Promise<VmPortHealth>((resolve, reject) => pending.push({ resolve, reject }));
      },
    },
  };
  const store = new PortHealthStore(
    { client } as unknown as Bridge,
    { link, vms: vms as never, rights: { whyNot: () => (isViewer ? 'viewer' : null) } },
    () => true,
  );
  const settle = async () => {
    for (const { resolve } of pending.splice(0)) resolve({ ports: [{ ...web, health: 'open' }] });
    await Promise.resolve();
    await Promise.resolve();
  };
  return { asked, pending, settle, store, link, vms };
}

it('asks of those that are seen and run, two at once, every ten seconds', async () => {
  const { asked, settle, store } = setUp();
  store.askDue(20_000);
  expect(asked).toEqual([]);
  const unwatch = ['a', 'b', 'c', 'off'].map((vmId) => store.watch(vmId));
  store.askDue(20_000);
  expect(asked).toEqual(['a', 'b']);
  store.askDue(20_001);
  expect(asked).toEqual(['a', 'b']);
  await settle();
  store.askDue(20_002);
  await settle();
  expect(asked).toEqual(['a', 'b', 'c']);
  expect(['a', 'c', 'off'].map((vmId) => store.of(vmId, web))).toEqual(['open', 'open', null]);
  store.askDue(29_999);
  expect(asked).toHaveLength(3);
  store.askDue(30_001);
  expect(asked.slice(3)).toEqual(['a', 'b']);
  for (const end of unwatch) end();
  await settle();
  expect(store.of('a', web)).toBeNull();
});

it('says nothing of another run, of a lost link, or after a refusal', async () => {
  const { pending, settle, store, link, vms } = setUp();
  store.watch('a');
  store.askDue(20_000);
  await settle();
  expect(store.of('a', web)).toBe('open');
  expect(store.of('a', { protocol: 'udp', guestPort: 80 })).toBeNull();
  runInAction(() => (link.up = false));
  expect(store.of('a', web)).toBeNull();
  runInAction(() => {
    link.up = true;
    vms.set('a', { state: 'running', runningSince: '2' });
  });
  expect(store.of('a', web)).toBeNull();
  store.askDue(30_000);
  await settle();
  expect(store.of('a', web)).toBe('open');
  store.askDue(40_000);
  pending[0]?.reject(new Error('no'));
  await Promise.resolve();
  await Promise.resolve();
  expect(store.of('a', web)).toBeNull();
});

it('asks nothing for who may not', () => {
  const { asked, store } = setUp({ isViewer: true });
  store.watch('a');
  store.askDue(20_000);
  expect(asked).toEqual([]);
});
