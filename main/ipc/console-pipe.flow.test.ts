// Flow control with a real WebSocket: an agent that floods a window which does not read is made to wait.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { openStreamOverWebSocket } from '@tt/client';
import { STREAM_HIGH_WATER_BYTES } from '@tt/protocol';
import { afterEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { pipeConsole, type ToWindow } from './console-pipe.ts';

const CHUNK = 256 * 1024;
const FLOOD_BYTES = 32 * 1024 * 1024;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

it('holds at most a little over a MiB for a window that does not acknowledge, and loses nothing', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  closers.push(() => server.close());
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.once('message', () => {
      socket.send(JSON.stringify({ ready: true, kind: 'vnc' }));
      for (let sent = 0; sent < FLOOD_BYTES; sent += CHUNK) socket.send(Buffer.alloc(CHUNK, sent / CHUNK));
    });
  });
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    perMessageDeflate: false,
  });
  closers.push(() => socket.terminate());

  let received = 0;
  let unread: number[] = [];
  let fromWindow: (event: { data: unknown }) => void = () => {};
  pipeConsole(
    {
      on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => {
        if (event === 'message') fromWindow = listener;
      },
      start: () => {},
      postMessage: (message) => {
        const { type, ...rest } = message as ToWindow;
        if (type !== 'data') return;
        const { byteLength } = (rest as { bytes: Uint8Array }).bytes;
        received += byteLength;
        unread.push(byteLength);
      },
      close: () => {},
    },
    openStreamOverWebSocket(socket as unknown as globalThis.WebSocket, 'a-ticket-of-16-letters'),
    socket,
  );
  await expect.poll(() => socket.isPaused).toBe(true);
  expect(received).toBeGreaterThan(STREAM_HIGH_WATER_BYTES);
  // What one read of the socket had already brought in comes on top; never the whole flood.
  expect(received).toBeLessThan(STREAM_HIGH_WATER_BYTES * 2 + CHUNK);

  const takeMore = () => {
    for (const byteCount of unread.splice(0)) fromWindow({ data: { type: 'ack', byteCount } });
    return received;
  };
  await expect.poll(takeMore, { timeout: 30_000, interval: 1 }).toBe(FLOOD_BYTES);
  unread = [];
});
