// Access: browser with and without a code, desktop with its connections.
import { TtError, toErrorRecord } from '@tt/protocol';
import { afterEach, expect, test } from 'vitest';
import type {
  ConnectionLink,
  ConnectionRequest,
  ConnectionsAnswer,
  ConnectionsView,
  ProviderLogin,
} from '../bridge.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
const noProvider: ProviderLogin = {
  provider: async () => null,
  begin: () => expect.unreachable(),
  takeCode: () => null,
  finish: () => expect.unreachable(),
};
const noPassword = {
  login: () => expect.unreachable(),
  leave: async () => {},
  byProvider: noProvider,
  onCode: () => () => {},
};
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

test('a link that is pasted into an open tab lets it in; one that is no good changes nothing there', async () => {
  let paste = (_code: string) => {};
  const join = async (code: string) => {
    if (code !== 'good') throw new TtError('JOIN_CODE_INVALID', {});
  };
  const onCode = (listener: (code: string) => void) => {
    paste = listener;
    return () => {};
  };
  running = await startTestStores({ login: { ...noPassword, takeCode: () => null, join, onCode } });
  const { session, toasts, link } = running.stores;
  paste('old');
  await running.settle();
  expect([session.state, toasts.shown.map(({ error }) => error?.code)]).toEqual(['ready', ['JOIN_CODE_INVALID']]);
  toasts.closeAll();
  link.apply({ up: false, error: new TtError('UNAUTHORIZED', {}), retryAt: null });
  paste('old');
  await running.settle();
  expect([session.state, session.error?.code]).toEqual(['login', 'JOIN_CODE_INVALID']);
  paste('good');
  await running.settle();
  expect([session.state, session.error]).toEqual(['ready', null]);
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

test('a browser that comes back from the OpenID provider goes in, or is told why not', async () => {
  const back = { ...noPassword, takeCode: () => null, join: () => expect.unreachable() };
  const finished: string[] = [];
  const finish = async (code: string) => void finished.push(code);
  running = await startTestStores({ login: { ...back, byProvider: { ...noProvider, takeCode: () => 'abc', finish } } });
  expect([running.stores.session.state, finished]).toEqual(['ready', ['abc']]);
  await running.stop();
  const refuse = () => Promise.reject(new TtError('LOGIN_EXPIRED', {}));
  const refused = { ...noProvider, takeCode: () => 'old', finish: refuse };
  running = await startTestStores({ login: { ...back, byProvider: refused } });
  const { session } = running.stores;
  expect([session.state, session.error?.code]).toEqual(['login', 'LOGIN_EXPIRED']);
});

test('a browser leaves for the OpenID provider, if the server has one', async () => {
  const begun: string[] = [];
  const byProvider: ProviderLogin = {
    ...noProvider,
    provider: async () => ({ name: 'Example', elsewhere: null }),
    begin: async ({ name }) => void begun.push(name),
  };
  running = await startTestStores({ login: { ...noPassword, takeCode: () => null, join: async () => {}, byProvider } });
  const { session } = running.stores;
  await session.logInByProvider();
  expect(begun).toEqual([]);
  await session.askForProvider();
  await session.logInByProvider();
  expect([session.provider, begun]).toEqual([{ name: 'Example', elsewhere: null }, ['Example']]);
});

test('a browser whose session is refused is asked to log in', async () => {
  running = await startTestStores({ login: { ...noPassword, takeCode: () => null, join: async () => {} } });
  const { session, link } = running.stores;
  expect(session.state).toBe('ready');
  link.apply({ up: false, error: new TtError('UNAUTHORIZED', {}), retryAt: null });
  expect(session.state).toBe('login');
});

test('the desktop shows its cards until a connection works, and again when it is refused', async () => {
  const desktop = fakeDesktop();
  running = await startTestStores({ connections: desktop });
  const { session, connections, envs, link } = running.stores;
  expect([session.state, envs.all]).toEqual(['choose', []]);
  const server = {
    address: 'https://nowhere.example',
    token: 't',
    fingerprint: null,
    ssh: null,
    sshKeys: [],
    name: '',
    color: null,
  };
  expect(await connections?.add(server)).toMatchObject({ ok: false, error: { code: 'AGENT_UNREACHABLE' } });
  expect(session.state).toBe('choose');

  desktop.says({ kind: 'connecting' });
  expect(session.state).toBe('opening');
  desktop.says({ kind: 'connected' });
  await running.settle();
  expect([session.state, envs.all.length, link.up]).toEqual(['ready', 5, true]);

  // Lost: what is known stays, and not a moment is it shown as live.
  const failure = toErrorRecord(new TtError('AGENT_UNREACHABLE', { url: 'http://127.0.0.1:9' }));
  const retryAt = new Date(Date.now() + 30_000).toISOString();
  desktop.says({ kind: 'lost', since: '2026-11-30T10:00:00.000Z', retryAt, failure });
  expect([session.state, link.state, link.reason?.code]).toEqual(['ready', 'down', 'AGENT_UNREACHABLE']);
  expect(link.nextTryAt?.toISOString()).toBe(retryAt);
  desktop.says({ kind: 'refused', failure: toErrorRecord(new TtError('UNAUTHORIZED', {})) });
  expect(session.state).toBe('choose');
});

/** A desktop that has nothing but its own agent, and finds no other server. */
function fakeDesktop() {
  let view: ConnectionsView = {
    connections: [
      {
        id: 'private',
        kind: 'private',
        name: '',
        color: 'teal',
        address: null,
        authority: null,
        ssh: null,
        isDefault: false,
        link: { kind: 'off' },
      },
    ],
    shown: null,
    offered: null,
  };
  let tell = (_view: ConnectionsView) => {};
  return {
    ask: async (request: ConnectionRequest): Promise<ConnectionsAnswer> =>
      request.do === 'add'
        ? { ok: false, failure: toErrorRecord(new TtError('AGENT_UNREACHABLE', { url: request.address })) }
        : { ok: true, view },
    onChange: (listener: (view: ConnectionsView) => void) => {
      tell = listener;
      return () => {};
    },
    says: (link: ConnectionLink) => {
      view = { ...view, connections: view.connections.map((one) => ({ ...one, link })), shown: 'private' };
      tell(view);
    },
  };
}
