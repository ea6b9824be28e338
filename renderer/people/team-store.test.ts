// The store of teams: what it asks for, and a failure until the next try.
import { TtError } from '@tt/protocol';
import { expect, it } from 'vitest';
import type { Bridge } from '../bridge.ts';
import { TeamStore } from './team-store.ts';

it('does what it is told, asks for the list again, and shows what was refused', async () => {
  const calls: string[] = [];
  const call = (name: string, fail?: TtError) => async (input?: unknown) => {
    calls.push(input === undefined ? name : `${name} ${JSON.stringify(input)}`);
    if (fail) throw fail;
    return { teams: [{ name: 'qa' }] };
  };
  const shares = new TtError('TEAM_SHARES_THINGS', { team: 'qa', envs: 2 });
  const team = {
    list: call('list'),
    create: call('create'),
    update: call('update'),
    addMember: call('addMember'),
    removeMember: call('removeMember'),
    delete: call('delete', shares),
  };
  const store = new TeamStore({ client: { team } } as unknown as Bridge);
  expect(await store.add('qa')).toBe(true);
  expect(await store.addMember('qa', 'ann')).toBe(true);
  expect(await store.remove('qa')).toBe(false);
  expect([store.error, store.busy, store.teams?.length]).toEqual([shares, false, 1]);
  expect(await store.removeMember('qa', 'ann')).toBe(true);
  expect(store.error).toBeNull();
  expect(calls).toEqual([
    'create {"name":"qa"}',
    'list',
    'addMember {"name":"qa","userName":"ann"}',
    'list',
    'delete {"name":"qa"}',
    'removeMember {"name":"qa","userName":"ann"}',
    'list',
  ]);
});

it('replaces a quota, and leaves a failure to the form', async () => {
  const quota = { envs: 3, vms: null, cpuCount: null, memoryMiB: 4096, diskMiB: null, storedMiB: null };
  const calls: unknown[] = [];
  const gone = new TtError('TEAM_NOT_FOUND', { team: 'gone', suggestions: [] });
  const team = {
    update: async (input: { name: string }) => {
      calls.push(input);
      if (input.name === 'gone') throw gone;
      return { name: 'qa', quota };
    },
    list: async () => ({ teams: [{ name: 'qa', quota }] }),
  };
  const store = new TeamStore({ client: { team } } as unknown as Bridge);
  expect(await store.setQuota('qa', quota)).toEqual({ ok: true, value: { name: 'qa', quota } });
  await expect.poll(() => store.teams).toEqual([{ name: 'qa', quota }]);
  expect(await store.setQuota('gone', quota)).toEqual({ ok: false, error: gone });
  expect(store.error).toBeNull();
  expect(calls).toEqual([
    { name: 'qa', quota },
    { name: 'gone', quota },
  ]);
});
