// Followers over real sockets that do not keep up: the agent's memory does not grow, it disconnects them eventually, and they
// return to a complete snapshot. Served by the real border around a log that the test writes to as fast as it can.
import { followState, relayRouter } from '@tt/client';
import { connectNode } from '@tt/client/node';
import type { StreamKind, TtClient } from '@tt/protocol';
import { type BorderContext, type Endpoint, Identities, Logins, serveContract, Tickets } from '@tt/server';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Relay, seededRandom, startRelay } from '../testing/relay.ts';
import { until } from '../testing/until.ts';
import { EventLog } from './event-log.ts';
import { Pages } from './pages.ts';
import { noRecords, testHost } from './test-picture.ts';

const MIB = 1024 * 1024;
const cleanUp: (() => unknown)[] = [];
type After = Parameters<EventLog['follow']>[2];

let log: EventLog;
let relay: Relay;
let seen: string[];
let downs: number;

beforeEach(async () => {
  const now = () => new Date();
  log = new EventLog('host-1', now);
  const follow = async (input: { after?: After } | undefined, options: { signal?: AbortSignal }) =>
    log.follow(
      { name: 'local', role: 'admin' },
      () => ({ host: testHost(), pages: new Pages(noRecords) }),
      input?.after,
      options.signal,
    );
  const identities = new Identities('token');
  const logins = new Logins(identities, now);
  const server = await serveContract({
    host: '127.0.0.1',
    port: 0,
    identities,
    logins,
    calls: {
      router: relayRouter(() => ({ event: { follow } }) as unknown as TtClient) as Endpoint<BorderContext>['router'],
      contextFor: (border): BorderContext => border,
      onInternal: (error) => seen.push(String(error)),
    },
    streams: {
      tickets: new Tickets<{ kind: StreamKind }>(now),
      isLive: () => false,
      about: () => ({}),
      open: () => Promise.reject(new Error('no streams here')),
      onViewer: () => {},
      logger: pino({ level: 'silent' }),
    },
    windowDirectory: null,
    version: '0',
    logger: pino({ level: 'silent' }),
  });
  relay = await startRelay(server.url, seededRandom(1));
  [seen, downs] = [[], 0];
  const connection = connectNode({ url: relay.url, token: 'token' });
  const abort = new AbortController();
  const following = followState({
    client: connection.client,
    signal: abort.signal,
    onItem: (item) => {
      if (item.kind === 'snapshotEnd') seen.push(`s${item.revision}`);
      if (item.kind === 'event') seen.push(String(item.event.revision));
    },
    onLink: ({ up }) => {
      if (!up) downs++;
    },
    backoffMs: () => 1,
  });
  cleanUp.push(async () => {
    abort.abort();
    await following;
    connection.close();
    await relay.close();
    await server.close();
  });
  await until('the first picture is there', () => seen.length === 1);
});
afterEach(async () => {
  for (const step of cleanUp.splice(0)) await step();
});

const publish = (count: number, bytes = 1) => {
  const name = 'x'.repeat(bytes);
  for (let i = 0; i < count; i++) log.publish('env.deleted', { name });
};
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

it('a follower that stalls is cut off, the agent holds no more for it than agreed, and it comes back to a picture', async () => {
  relay.stall(true);
  const before = relay.bytesFromAgent;
  for (let round = 0; round < 200; round++) {
    publish(100, 4_096);
    // Gives the agent the time to write what it wants to.
    await new Promise((resolve) => setImmediate(resolve));
  }
  relay.stall(false);
  await until('it is back', () => seen.at(-1) === 's20000', 15_000);
  // Before the cut came what stood in the buffers of the system (some MiB), in order; the agent had 80 MiB to say.
  const received = seen.slice(1, -1);
  expect(received).toEqual(numbers(1, received.length));
  expect(received.length).toBeGreaterThan(100);
  expect([downs, relay.bytesFromAgent - before < 24 * MIB]).toEqual([1, true]);
  expect(log.followerCount).toBe(1);
  publish(2);
  await until('it follows on', () => seen.at(-1) === '20002');
});

it('a follower that is slow, but not too slow, gets every event over the same link', async () => {
  for (let round = 0; round < 40; round++) {
    relay.stall(true);
    publish(100, 2_048);
    await new Promise((resolve) => setImmediate(resolve));
    relay.stall(false);
    await until('it has caught up', () => seen.length > round * 100);
  }
  await until('it has them all', () => seen.length === 4_001);
  expect([seen, downs]).toEqual([['s0', ...numbers(1, 4_000)], 0]);
});

it('a client that was away longer than events are held gets a picture, one that was not gets the events', async () => {
  publish(10);
  await until('it has seen them', () => seen.at(-1) === '10');
  relay.cutAfter(0);
  publish(4_000);
  await until('it is back', () => seen.at(-1) === '4010', 15_000);
  expect(seen.filter((text) => text.startsWith('s'))).toEqual(['s0']);

  relay.cutAfter(0);
  publish(9_000);
  await until('it is back again', () => seen.at(-1) === 's13010', 15_000);
  expect(seen.filter((text) => text.startsWith('s'))).toEqual(['s0', 's13010']);
});

it('followers that are gone are forgotten', async () => {
  for (let round = 1; round <= 5; round++) {
    relay.cutAfter(0);
    await until('it is back', () => downs === round && log.followerCount === 1);
  }
});
