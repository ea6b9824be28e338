// The truth about the link: down when it breaks, up again by the feed, or by a ping after a retry that has no news.
import { TtError } from '@tt/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Bridge } from '../bridge.ts';
import { LinkStore } from './link-store.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The one call the store makes, to an agent that is there or not. */
function pingBridge(): { bridge: Bridge; far: { isReachable: boolean } } {
  const far = { isReachable: true };
  const ping = async () => {
    if (!far.isReachable) throw gone;
  };
  return { bridge: { client: { host: { ping } } } as unknown as Bridge, far };
}

const gone = new TtError('AGENT_UNREACHABLE', { url: 'x' });

test('connecting, up, down with the time of the last truth, up', () => {
  const link = new LinkStore(pingBridge().bridge);
  expect([link.state, link.isStale]).toEqual(['connecting', false]);
  link.apply({ up: true, error: null, retryAt: null });
  const known = link.lastKnownAt;
  vi.advanceTimersByTime(5000);
  link.apply({ up: false, error: gone, retryAt: new Date(Date.now() + 1000) });
  expect([link.state, link.isStale, link.lastKnownAt, link.error?.code]).toEqual([
    'down',
    true,
    known,
    'AGENT_UNREACHABLE',
  ]);
  link.apply({ up: true, error: null, retryAt: null });
  expect([link.up, link.isStale]).toEqual([true, false]);
});

test('an agent that answers nothing is silent: nobody has cancelled anything', async () => {
  const ping = (_: undefined, { signal }: { signal: AbortSignal }) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new TtError('OPERATION_CANCELLED', { operation: 'host.ping' })));
    });
  const limit = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal);
  const link = new LinkStore({ client: { host: { ping } } } as unknown as Bridge);
  link.apply({ up: true, error: null, retryAt: null });
  const stop = link.start();
  await vi.advanceTimersByTimeAsync(400);
  limit.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect([link.state, link.error?.code]).toEqual(['down', 'AGENT_SILENT']);
  stop();
  vi.restoreAllMocks();
});

test('a ping that fails says the link is down; one that answers right after does not yet say it is up', async () => {
  const { bridge, far } = pingBridge();
  const link = new LinkStore(bridge);
  link.apply({ up: true, error: null, retryAt: null });
  const stop = link.start();
  await vi.advanceTimersByTimeAsync(400);
  expect(link.rttMs).not.toBeNull();
  far.isReachable = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect([link.state, link.rttMs]).toEqual(['down', null]);
  far.isReachable = true;
  link.apply({ up: false, error: gone, retryAt: new Date(Date.now() + 5000) });
  link.pingAnswered(3);
  expect(link.state).toBe('down');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(link.state).toBe('up');
  stop();
});
