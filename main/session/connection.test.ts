// One connection with a fake link: what is said of it, when it is tried again, and what ends with it.
import type { ConnectOptions, NodeConnection } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { Connection } from './connection.ts';
import type { LinkState } from './connection-state.ts';

const URL_OF_SERVER = 'https://tt.example/';
const unreachable = () => new TtError('AGENT_UNREACHABLE', { url: URL_OF_SERVER });
const WAIT = { timeout: 30_000, interval: 1 };

function setUp({ backoffMs = () => 0, lookEveryMs = 60_000 }: { backoffMs?: () => number; lookEveryMs?: number } = {}) {
  const states: LinkState[] = [];
  const opened: string[] = [];
  const closed: string[] = [];
  const asked: boolean[] = [];
  /** What the next answers are; an empty list: it answers. */
  const failures: Error[] = [];
  let isDown = false;
  let place: ConnectOptions = { url: URL_OF_SERVER, token: 'secret' };
  const connection = new Connection({
    url: URL_OF_SERVER,
    backoffMs,
    lookEveryMs,
    reach: async ({ isAsked }) => {
      asked.push(isAsked);
      return place;
    },
    onChange: () => void states.push(connection.state),
    connect: ({ url, token }) => {
      opened.push(`${url} ${token}`);
      return {
        client: {
          host: {
            ping: async () => {
              const failure = failures.shift();
              if (failure) throw failure;
              if (isDown) throw unreachable();
            },
          },
        },
        close: () => void closed.push(url),
      } as unknown as NodeConnection;
    },
  });
  return {
    connection,
    states,
    opened,
    closed,
    asked,
    failures,
    setDown: (down: boolean) => (isDown = down),
    moveTo: (url: string) => (place = { ...place, url }),
  };
}

const kinds = (states: LinkState[]) => states.map(({ kind }) => kind);

describe('a connection', () => {
  it('is off until somebody opens it, and again when it is closed', async () => {
    const { connection, states, closed, asked } = setUp();
    expect(connection.state).toEqual({ kind: 'off' });
    expect(() => connection.client()).toThrow(expect.objectContaining({ code: 'AGENT_UNREACHABLE' }));
    expect(await connection.open()).toEqual({ kind: 'connected' });
    expect(kinds(states)).toEqual(['connecting', 'connected']);
    expect(asked).toEqual([true]);
    connection.close();
    expect([connection.state, closed]).toEqual([{ kind: 'off' }, [URL_OF_SERVER]]);
  });

  it('is tried again after what may pass, and says since when it is lost', async () => {
    const { connection, states, setDown, opened } = setUp();
    await connection.open();
    setDown(true);
    connection.look();
    await expect.poll(() => connection.state.kind, WAIT).toBe('lost');
    const lost = states.find((state) => state.kind === 'lost');
    expect(lost).toMatchObject({ failure: { code: 'AGENT_UNREACHABLE', data: { url: URL_OF_SERVER } } });
    expect(Date.parse(lost?.kind === 'lost' ? (lost.since ?? '') : '')).toBeGreaterThan(0);
    expect(() => connection.client()).toThrow(expect.objectContaining({ code: 'AGENT_UNREACHABLE' }));
    setDown(false);
    await expect.poll(() => connection.state.kind, WAIT).toBe('connected');
    expect(opened.length).toBeGreaterThan(1);
    // Since the first failure it was never said to be anything but lost.
    expect(new Set(kinds(states).slice(2, -1))).toEqual(new Set(['lost']));
    connection.close();
  });

  it('keeps the moment it was lost through all attempts; null if it never answered', async () => {
    const { connection, states, setDown } = setUp();
    setDown(true);
    expect(await connection.open()).toMatchObject({ kind: 'lost', since: null });
    connection.close();
    setDown(false);
    await connection.open();
    setDown(true);
    states.length = 0;
    connection.look();
    await expect.poll(() => states.length, WAIT).toBeGreaterThan(5);
    connection.close();
    expect(new Set(states.map((state) => (state.kind === 'lost' ? state.since : null))).size).toBe(2);
  });

  it('waits with an attempt until its time, or until somebody asks', async () => {
    const { connection, setDown, asked } = setUp({ backoffMs: () => 1_000_000 });
    setDown(true);
    expect(await connection.open()).toMatchObject({ kind: 'lost', retryAt: expect.any(String) });
    setDown(false);
    expect(await connection.open()).toEqual({ kind: 'connected' });
    expect(asked).toEqual([true, true]);
    connection.close();
  });

  it('is not tried again after a refusal, until somebody asks', async () => {
    const { connection, failures, opened } = setUp();
    failures.push(new TtError('UNAUTHORIZED', {}));
    expect(await connection.open()).toMatchObject({ kind: 'refused', failure: { code: 'UNAUTHORIZED' } });
    expect(opened).toHaveLength(1);
    expect(() => connection.client()).toThrow(expect.objectContaining({ code: 'UNAUTHORIZED' }));
    expect(await connection.open()).toEqual({ kind: 'connected' });
    connection.close();
  });

  it('is looked at regularly', async () => {
    const { connection, setDown } = setUp({ lookEveryMs: 1, backoffMs: () => 1_000_000 });
    await connection.open();
    setDown(true);
    await expect.poll(() => connection.state.kind, WAIT).toBe('lost');
    connection.close();
  });

  it('follows a server that has moved, and only then', async () => {
    const { connection, opened, closed, moveTo, asked } = setUp();
    await connection.open();
    connection.moved();
    await expect.poll(() => asked, WAIT).toHaveLength(2);
    expect([opened, closed]).toEqual([[`${URL_OF_SERVER} secret`], []]);
    moveTo('https://new.example/');
    connection.moved();
    await expect.poll(() => opened.at(-1), WAIT).toBe('https://new.example/ secret');
    await expect.poll(() => closed, WAIT).toEqual([URL_OF_SERVER]);
    expect(asked.slice(1)).not.toContain(true);
    connection.close();
  });

  it('has a connection of its own for each feed, to where calls go, which ends with it', async () => {
    const { connection, opened, closed } = setUp();
    expect(() => connection.openFeed()).toThrow(expect.objectContaining({ code: 'AGENT_UNREACHABLE' }));
    await connection.open();
    const [gone] = [connection.openFeed(), connection.openFeed()];
    expect(opened).toHaveLength(3);
    gone?.close();
    expect(closed).toHaveLength(1);
    connection.close();
    // The other feed, and the link.
    expect(closed).toHaveLength(3);
  });

  it('says nothing more of an attempt that was under way when it was closed', async () => {
    const held = Promise.withResolvers<void>();
    const states: LinkState[] = [];
    let pings = 0;
    const connection = new Connection({
      url: URL_OF_SERVER,
      reach: async () => ({ url: URL_OF_SERVER, token: 't' }),
      onChange: () => void states.push(connection.state),
      connect: () => {
        const ping = () => {
          pings++;
          return held.promise;
        };
        return { client: { host: { ping } }, close: () => {} } as unknown as NodeConnection;
      },
    });
    const opening = connection.open();
    await expect.poll(() => pings, WAIT).toBe(1);
    connection.close();
    expect(await opening).toEqual({ kind: 'off' });
    held.resolve();
    await held.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(kinds(states)).toEqual(['connecting', 'off']);
  });
});
