// A join link that finds nobody: tried again for as long as its code may be good, and seen to be.
import { JOIN_CODE_LIFETIME_MS, TtError } from '@tt/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import type { Bridge, BrowserLogin } from '../bridge.ts';
import { SessionStore } from './session-store.ts';

const nobody = new TtError('AGENT_UNREACHABLE', { url: 'http://tt.example' });
let isThere = false;
let tries = 0;
let paste = (_code: string) => {};

function start(): { session: SessionStore; stop: () => void } {
  vi.useFakeTimers();
  isThere = false;
  tries = 0;
  const join = async (code: string) => {
    tries++;
    if (!isThere) throw nobody;
    if (code !== 'good') throw new TtError('JOIN_CODE_INVALID', {});
  };
  const onCode = (listener: (code: string) => void) => {
    paste = listener;
    return () => {};
  };
  const login: BrowserLogin = {
    takeCode: () => 'good',
    join,
    onCode,
    login: () => expect.unreachable(),
    leave: () => expect.unreachable(),
    byProvider: {
      provider: async () => null,
      begin: () => expect.unreachable(),
      takeCode: () => null,
      finish: () => expect.unreachable(),
    },
  };
  const bridge = { kind: 'browser', login } as Partial<Bridge> as Bridge;
  const session = new SessionStore(bridge, null, { joined: () => {}, failed: () => {} });
  return { session, stop: session.start() };
}
afterEach(() => vi.useRealTimers());

test('is tried again until somebody is there', async () => {
  const { session, stop } = start();
  await vi.advanceTimersByTimeAsync(400);
  expect([session.state, session.triesUntil]).toEqual(['opening', Date.now() - 400 + JOIN_CODE_LIFETIME_MS]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect([session.state, tries > 3]).toEqual(['opening', true]);
  isThere = true;
  await vi.advanceTimersByTimeAsync(5000);
  expect([session.state, session.triesUntil, session.error]).toEqual(['ready', null, null]);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('is given up when its code can be good no more, and the reason is told', async () => {
  const { session, stop } = start();
  await vi.advanceTimersByTimeAsync(JOIN_CODE_LIFETIME_MS);
  expect([session.state, session.error?.code, session.triesUntil]).toEqual(['login', 'AGENT_UNREACHABLE', null]);
  expect(vi.getTimerCount()).toBe(0);
  stop();
});

test('makes way for another link, and ends with its window', async () => {
  const { session, stop } = start();
  await vi.advanceTimersByTimeAsync(400);
  isThere = true;
  paste('other');
  await vi.advanceTimersByTimeAsync(0);
  expect([session.state, session.error?.code, session.triesUntil, tries]).toEqual([
    'login',
    'JOIN_CODE_INVALID',
    null,
    2,
  ]);
  stop();
  const again = start();
  await vi.advanceTimersByTimeAsync(0);
  again.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([again.session.triesUntil, tries, vi.getTimerCount()]).toEqual([null, 1, 0]);
});
