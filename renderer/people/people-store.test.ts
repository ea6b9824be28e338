// The store of users and tokens: what it asks for, what it shows once, and failures beside their list.
import { TtError } from '@tt/protocol';
import { expect, it } from 'vitest';
import type { Bridge } from '../bridge.ts';
import { linkFor, PeopleStore } from './people-store.ts';

function storeOver(calls: string[], fail?: TtError) {
  const call = (name: string, answer: unknown) => async (input?: unknown) => {
    calls.push(input === undefined ? name : `${name} ${JSON.stringify(input)}`);
    if (fail && name !== 'user.list') throw fail;
    return answer;
  };
  const client = {
    user: {
      list: call('user.list', { users: [{ name: 'ann' }] }),
      create: call('user.create', {}),
      invite: call('user.invite', { code: 'abc' }),
    },
    token: {
      list: call('token.list', { tokens: [] }),
      create: call('token.create', { secret: 's3cret', token: { name: 'pc' } }),
    },
  };
  return new PeopleStore({ client } as unknown as Bridge);
}

it('does what it is told, then asks for the list that has changed', async () => {
  const calls: string[] = [];
  const store = storeOver(calls);
  expect(await store.add('ann', 'viewer')).toBe(true);
  expect(await store.invite('ann')).toBe(true);
  expect(store.secret).toEqual({ about: 'ann', kind: 'code', text: 'abc' });
  expect(await store.addToken('pc')).toBe(true);
  expect(store.secret).toEqual({ about: 'pc', kind: 'token', text: 's3cret' });
  expect(calls).toEqual([
    'user.create {"name":"ann","role":"viewer"}',
    'user.list',
    'user.invite {"name":"ann"}',
    'user.list',
    'token.create {"name":"pc"}',
    'token.list',
  ]);
  expect([store.users?.length, store.tokens?.length, store.busy]).toEqual([1, 0, false]);
});

it('shows a failure beside its own list until the next try', async () => {
  const store = storeOver([], new TtError('USER_NAME_TAKEN', { user: 'ann' }));
  expect(await store.add('ann', 'user')).toBe(false);
  expect([store.usersError?.code, store.tokensError, store.busy]).toEqual(['USER_NAME_TAKEN', null, false]);
  expect(await store.loadUsers()).toBe(true);
  expect(store.usersError).toBeNull();
});

it.each([
  ['https://tt.example:9527', null, null, 'https://tt.example:9527/#join=abc'],
  [null, 'https://tt.example:9527/', 'f00d', 'https://tt.example:9527/#join=abc&ca=f00d'],
  [null, 'unix:/run/tt/agent.sock', null, null],
  [null, null, null, null],
])('a link for a page at %j, or the server %j, with the authority %j is %j', (origin, address, fingerprint, link) => {
  expect(linkFor('abc', { address, origin, fingerprint })).toBe(link);
});
