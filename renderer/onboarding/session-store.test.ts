// Access: browser with and without a code, desktop with its two cards.
import { TtError } from '@tt/protocol';
import { afterEach, expect, test } from 'vitest';
import type { ConnectionState } from '../bridge.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
afterEach(() => running.stop());

test('a browser with a good code goes straight in', async () => {
  const joined: string[] = [];
  running = await startTestStores({
    login: { leave: async () => {}, takeCode: () => 'abc', join: async (code) => void joined.push(code) },
  });
  expect([running.stores.session.state, joined]).toEqual(['ready', ['abc']]);
});

test('a browser with a used code is asked for another, and told why', async () => {
  const join = async () => {
    throw new TtError('JOIN_CODE_INVALID', {});
  };
  running = await startTestStores({ login: { leave: async () => {}, takeCode: () => 'old', join } });
  const { session } = running.stores;
  expect([session.state, session.error?.code]).toEqual(['login', 'JOIN_CODE_INVALID']);
});

test('a browser whose session is refused is asked to log in', async () => {
  running = await startTestStores({ login: { leave: async () => {}, takeCode: () => null, join: async () => {} } });
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
