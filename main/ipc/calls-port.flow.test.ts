// Flow control over real ports with the calls of the contract: a feed is read no faster than the window reads, calls go on meanwhile,
// and nothing of it is left when the window is gone.
import { MessageChannel, type MessagePort as NodePort } from 'node:worker_threads';
import { RPCLink } from '@orpc/client/message-port';
import { clientOver } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { type FeedItem, STREAM_HIGH_WATER_BYTES, type TtClient } from '@tt/protocol';
import { afterEach, expect, it } from 'vitest';
import { callsServer } from './calls-port.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const ITEM_BYTES = 256 * 1024;
const ITEMS = 64;

const page: FeedItem = {
  kind: 'page',
  records: {
    operations: [
      {
        id: 'one',
        kind: 'env.create',
        subject: { envName: 'x'.repeat(ITEM_BYTES) },
        state: 'succeeded',
        step: null,
        progress: null,
        cancellable: false,
        startedAt: '2026-11-21T10:00:00.000Z',
        endedAt: null,
        error: null,
      },
    ],
  },
};

/** An agent whose feed waits for nobody. */
function setUp() {
  const done: string[] = [];
  let taken = 0;
  const far = {
    env: { list: async () => ({ envs: [] }) },
    event: {
      follow: async () =>
        (async function* (): AsyncGenerator<FeedItem> {
          for (; taken < ITEMS; taken++) yield page;
        })(),
    },
  } as unknown as TtClient;
  const own = { client: far, pause: () => {}, resume: () => {}, close: () => void done.push('closed') };
  const { port1, port2 } = new MessageChannel();
  closers.push(() => port2.close());
  callsServer({ client: () => far, openFeed: () => own as unknown as NodeConnection, doubt: () => {} })({
    on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) =>
      port1.on(event, (data: unknown) => listener({ data })),
    start: () => port1.start(),
    postMessage: (message) => port1.postMessage(message),
    close: () => port1.close(),
  });
  return { window: windowAt(port2), port: port2, done, taken: () => taken };
}

/** The window's end, which acknowledges when the test says so. */
function windowAt(port: NodePort) {
  let unread = 0;
  let reads = false;
  const acknowledge = () => {
    for (; unread > 0; unread--) port.postMessage({ type: 'ack' });
  };
  const client = clientOver(
    new RPCLink({
      port: {
        postMessage: (message: unknown) => port.postMessage(message),
        addEventListener: (type: string, listener: (event: { data: unknown }) => void) =>
          void port.on(type, (data: unknown) => {
            listener({ data });
            unread++;
            if (reads) acknowledge();
          }),
      } as never,
    }),
  );
  return {
    client,
    read: () => {
      reads = true;
      acknowledge();
    },
  };
}

it('reads no more of a feed than a window that stalls has space for, answers its calls, and goes on when it reads', async () => {
  const { window, taken, done } = setUp();
  const feed = await window.client.event.follow({});
  const most = STREAM_HIGH_WATER_BYTES / ITEM_BYTES + 2;
  await expect.poll(() => taken()).toBeGreaterThanOrEqual(3);
  // Each answer comes after what the feed may have sent before it.
  for (let calls = 0; calls < 3; calls++) await window.client.env.list();
  expect(taken()).toBeLessThanOrEqual(most);
  window.read();
  let got = 0;
  for await (const item of feed) got += item.kind === 'page' ? 1 : 0;
  expect([got, done]).toEqual([ITEMS, ['closed']]);
});

it('lets go of the feed of a window that is gone while it is waited for', async () => {
  const { window, port, taken, done } = setUp();
  await window.client.event.follow({});
  await expect.poll(() => taken()).toBeGreaterThanOrEqual(3);
  port.close();
  await expect.poll(() => done).toEqual(['closed']);
  expect(taken()).toBeLessThan(ITEMS);
});
