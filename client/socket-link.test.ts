// The link over a socket that does not open, breaks, or is refused: callers get codes, and no call is repeated.
import { TtError } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSocketLink } from './socket-link.ts';
import { FakeSocket } from './test-fake-socket.ts';

const url = 'http://127.0.0.1:1';
const realImmediate = setImmediate;

function linkOver(...sockets: (FakeSocket | Error)[]) {
  const open = vi.fn((): WebSocket => {
    const next = sockets.shift();
    if (next instanceof FakeSocket) return next.asWebSocket;
    throw next ?? new Error('no more sockets');
  });
  return { open, ...openSocketLink({ url, open }) };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a link', () => {
  it('opens nothing before the first call, and one socket for calls at once', async () => {
    const socket = new FakeSocket();
    const { client, open } = linkOver(socket);
    expect(open).not.toHaveBeenCalled();
    const calls = Promise.allSettled([client.host.ping(), client.host.show(), client.env.list()]);
    socket.opens();
    await expect.poll(() => socket.sent).toHaveLength(3);
    socket.closes();
    const reasons = (await calls).map((call) => call.status === 'rejected' && (call.reason as TtError).message);
    expect(reasons).toEqual(
      ['host.ping', 'host.show', 'env.list'].map((call) => `The connection to the agent was lost during ${call}.`),
    );
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('says AGENT_UNREACHABLE for a socket that closes, fails, can’t be made, or does not open in time', async () => {
    const [closed, failed, silent] = [new FakeSocket(), new FakeSocket(), new FakeSocket()];
    const { client } = linkOver(closed, failed, new SyntaxError('bad address'), silent);
    const unreachable = { code: 'AGENT_UNREACHABLE', data: { url } };
    const ping = () => expect(client.host.ping()).rejects.toMatchObject(unreachable);

    const one = ping();
    closed.closes();
    await one;
    const two = ping();
    failed.fails();
    failed.closes();
    await two;
    await ping();
    const four = ping();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(silent.closedWith).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    await four;
    expect(silent.closedWith).not.toBeNull();
    for (const { listening } of [closed, failed, silent]) {
      expect([listening.get('open'), listening.get('error'), listening.get('close')]).toEqual([0, 0, 1]);
    }
  });

  it('is closed with a call under way that is aborted by that, and no error is left over', async () => {
    const socket = new FakeSocket();
    const { client, close } = linkOver(socket);
    const aborting = new AbortController();
    const call = client.host.ping(undefined, { signal: aborting.signal });
    socket.opens();
    await expect.poll(() => socket.sent).toHaveLength(1);
    const uncaught: unknown[] = [];
    const note = (error: unknown) => void uncaught.push(error);
    process.prependListener('uncaughtException', note);
    try {
      aborting.abort();
      close();
      await expect(call).rejects.toBeDefined();
      // What a listener throws is thrown again in the next turn.
      await new Promise((resolve) => realImmediate(resolve));
    } finally {
      process.off('uncaughtException', note);
    }
    expect([socket.sent.length, uncaught]).toEqual([1, []]);
    socket.closes();
  });

  it('says why it was refused, where that can be known', async () => {
    const socket = new FakeSocket();
    const refusal = new TtError('UNAUTHORIZED', {});
    const { client } = openSocketLink({ url, open: () => socket.asWebSocket, refusalOf: () => refusal });
    const call = expect(client.host.ping()).rejects.toBe(refusal);
    socket.closes();
    await call;
  });

  it('opens a new socket after the old one broke, and repeats nothing on it', async () => {
    const [first, second] = [new FakeSocket(), new FakeSocket()];
    const { client, open } = linkOver(first, second);
    const lost = client.env.list();
    first.opens();
    await expect.poll(() => first.sent).toHaveLength(1);
    first.closes();
    await expect(lost).rejects.toMatchObject({ code: 'AGENT_GONE', data: { call: 'env.list' } });
    const next = client.host.ping();
    second.opens();
    await expect.poll(() => second.sent).toHaveLength(1);
    expect(String(second.sent[0])).toContain('ping');
    expect(open).toHaveBeenCalledTimes(2);
    second.closes();
    await expect(next).rejects.toMatchObject({ code: 'AGENT_GONE' });
  });

  it('tells a call its caller gave up from one whose agent went away', async () => {
    const socket = new FakeSocket();
    const { client, close } = linkOver(socket);
    const abort = new AbortController();
    const call = client.host.ping(undefined, { signal: abort.signal });
    socket.opens();
    await expect.poll(() => socket.sent).toHaveLength(1);
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'OPERATION_CANCELLED', data: { operation: 'host.ping' } });
    close();
    expect(socket.closedWith).not.toBeNull();
  });
});
