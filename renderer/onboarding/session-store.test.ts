// Access: browser with and without a code, desktop with its two cards.
import { TtError } from '@tt/protocol';
import { afterEach, expect, test } from 'vitest';
import type { ConnectionState } from '../bridge.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
const noPassword = { login: () => expect.unreachable(), leave: async () => {} };
afterEach(() => running.stop());

test('a browser with a good code goes straight in', async () => {
  const joined: string[] = [];
  running = await startTestStores({
    login: { ...noPassword, takeCode: () => 'abc', join: async (code) => void joined.push(code) },
  });
  expect([running.stores.session.state, joined]).toEqual(['ready', ['abc']]);
});

test('a browser with a used code is asked for another, and told why', async () => {
  const join = async () => {
    throw new TtError('JOIN_CODE_INVALID', {});
  };
  running = await startTestStores({ login: { ...noPassword, takeCode: () => 'old', join } });
  const { session } = running.stores;
  expect([session.state, session.error?.code]).toEqual(['login', 'JOIN_CODE_INVALID']);
});

test('a name and a password let a browser in, which learns how many wrong ones came before', async () => {
  const login = async (userName: string, password: string) => {
    if (password !== ' a long password') throw new TtError('PASSWORD_WRONG', {});
    expect(userName).toBe('ann');
    return 2;
  };
  running = await startTestStores({ login: { ...noPassword, login, takeCode: () => null, join: async () => {} } });
  const { session, link } = running.stores;
  link.apply({ up: false, error: new TtError('UNAUTHORIZED', {}), retryAt: null });
  expect([await session.login('ann', 'wrong'), session.state, session.error?.code]).toEqual([
    0,
    'login',
    'PASSWORD_WRONG',
  ]);
  expect([await session.login(' ann ', ' a long password'), session.state, session.error]).toEqual([2, 'ready', null]);
});

test('a browser whose session is refused is asked to log in', async () => {
  running = await startTestStores({ login: { ...noPassword, takeCode: () => null, join: async () => {} } });
  const { session, link } = running.stores;
  expect(session.state).toBe('ready');
  link.apply({ up: false, error: new TtError('UNAUTHORIZED', {}), retryAt: null });
  expect(session.state).toBe('login');
});

test('the desktop shows its cards until it is connected', async () => {
  const connected: ConnectionState = { kind: 'connected', target: 'private', label: 'This computer' };
  running = await startTestStores({
    connection: {
      current: async () => ({ kind: 'none' }),
      useThisComputer: async () => connected,
      useServer: async (url) => {
        throw new TtError('AGENT_UNREACHABLE', { url });
      },
      onChange: () => () => {},
    },
  });
  const { session, envs } = running.stores;
  expect([session.state, envs.all]).toEqual(['choose', []]);
  await session.connectServer(' https://nowhere.example ', 'token');
  expect(session.error?.code).toBe('AGENT_UNREACHABLE');
  await session.connectThisComputer();
  await running.settle();
  expect([session.state, session.label, envs.all.length]).toEqual(['ready', 'This computer', 5]);
});
