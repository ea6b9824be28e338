// Credit for the calls of a window: how much of what it was sent it has not read, and what happens to one that does not read.
import { STREAM_HIGH_WATER_BYTES } from '@tt/protocol';
import { expect, it } from 'vitest';
import { AcknowledgedPort } from './acknowledged-port.ts';

function setUp() {
  const sent: unknown[] = [];
  const heard: unknown[] = [];
  const listeners = { message: [] as ((event: { data: unknown }) => void)[], close: [] as (() => void)[] };
  let closed = 0;
  const port = new AcknowledgedPort({
    on: (event: 'message' | 'close', listener: never) => listeners[event].push(listener),
    start: () => {},
    postMessage: (message) => void sent.push(message),
    close: () => closed++,
  });
  port.on('message', ({ data }) => void heard.push(data));
  return {
    port,
    sent,
    heard,
    closed: () => closed,
    fromWindow(data: unknown): void {
      for (const listener of listeners.message) listener({ data });
    },
    windowEnds(): void {
      for (const listener of listeners.close) listener();
    },
    /** Whether there is space now. */
    async hasSpace(): Promise<boolean> {
      return Promise.race([
        port.hasSpace().then(() => true),
        new Promise<false>((resolve) => setImmediate(() => resolve(false))),
      ]);
    },
  };
}

const half = 'x'.repeat(STREAM_HIGH_WATER_BYTES / 2);
const ack = { type: 'ack' };

it('has space again once the window has read enough, message by message', async () => {
  const { port, fromWindow, hasSpace, sent, heard } = setUp();
  for (const text of [half, half]) port.postMessage(text);
  expect(await hasSpace()).toBe(true);
  port.postMessage(new Uint8Array(1));
  expect(await hasSpace()).toBe(false);
  const waiting = port.hasSpace();
  // An answer does not wait.
  port.postMessage('answer');
  fromWindow(ack);
  await waiting;
  expect(sent).toHaveLength(4);
  fromWindow('a call');
  expect(heard).toEqual(['a call']);
});

it('waits for no window that is gone', async () => {
  const { port, windowEnds, hasSpace, sent } = setUp();
  for (const text of [half, half, half]) port.postMessage(text);
  const waiting = port.hasSpace();
  windowEnds();
  await waiting;
  port.postMessage('late');
  expect([await hasSpace(), sent.length]).toEqual([true, 3]);
});

it.each([
  ['acknowledges what was never sent', ack],
  ['sends something else', { type: 'ack', byteCount: 1 }],
  ['sends nothing', undefined],
])('cuts off a window that %s', (_what, message) => {
  const { fromWindow, closed, heard } = setUp();
  fromWindow(message);
  expect([closed(), heard]).toEqual([1, []]);
});

it('cuts off a window that asks on and on and reads nothing', () => {
  const { port, closed, sent } = setUp();
  for (let asked = 0; asked < 1000; asked++) port.postMessage(half);
  expect([closed(), sent.length]).toEqual([1, 128]);
});
