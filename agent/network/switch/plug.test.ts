// One cable to a guest: it comes and goes with the guest, and a guest that does not read costs nobody anything.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../testing/until.ts';
import { onStream } from './frame-splitter.ts';
import { Plug } from './plug.ts';

let folder: string;
let file: string;
let plug: Plug;
let received: number[];
const servers: Server[] = [];
const clients: Socket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-plug-'));
  file = path.join(folder, 'nic0.sock');
  received = [];
  plug = new Plug({ path: file, onFrame: (frame) => received.push(frame.length) });
});
afterEach(async () => {
  plug.close();
  for (const client of clients.splice(0)) client.destroy();
  for (const server of servers.splice(0)) server.close();
  await rm(folder, { recursive: true, force: true });
});

/** As a QEMU that has just started. */
async function listen(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    clients.push(socket);
  }).listen(file);
  servers.push(server);
  await once(server, 'listening');
  return server;
}

const client = (number: number) => until(`client ${number} comes`, () => clients[number]);

it('waits for a guest that starts later, and for the next one', async () => {
  plug.send(Buffer.alloc(60));
  expect(plug.dropped).toBe(1);
  const server = await listen();
  plug.retry();
  (await client(0)).write(onStream(Buffer.alloc(60)));
  await until('a frame comes', () => received.length === 1);
  expect(plug.isConnected).toBe(true);
  server.close();
  clients[0]?.destroy();
  await until('it has noticed', () => !plug.isConnected);
  await rm(file, { force: true });
  await listen();
  (await client(1)).write(onStream(Buffer.alloc(99)));
  await until('a frame comes', () => received.length === 2);
  expect(received).toEqual([60, 99]);
});

it('begins anew where the stream makes no sense', async () => {
  await listen();
  const first = await client(0);
  const ended = once(first, 'close');
  first.resume();
  first.write(Buffer.concat([onStream(Buffer.alloc(60)), Buffer.alloc(64)]));
  await ended;
  (await client(1)).write(onStream(Buffer.alloc(77)));
  await until('a whole frame comes', () => received.includes(77));
  expect(received).toEqual([60, 77]);
});

it('drops frames for a guest that does not read, and not the guest', async () => {
  await listen();
  const guest = await client(0);
  await until('it is connected', () => plug.isConnected);
  const frame = Buffer.alloc(1514, 7);
  let sent = 0;
  // Far more than a socket and the plug hold.
  while (plug.dropped === 0 && sent < 10_000) {
    plug.send(frame);
    sent += 1;
    if (sent % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(plug.dropped).toBeGreaterThan(0);
  expect(sent * frame.length).toBeLessThan(4 * 1024 * 1024);
  let bytes = 0;
  guest.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const whole = (sent - plug.dropped) * (frame.length + 4);
  await until('all that was not dropped comes, in whole frames', () => bytes === whole);
  const before = plug.dropped;
  plug.send(frame);
  await until('the next comes again', () => bytes === whole + frame.length + 4);
  expect(plug.dropped).toBe(before);
});

it('does not come back once it is closed', async () => {
  await listen();
  const guest = await client(0);
  const ended = once(guest, 'close');
  guest.resume();
  plug.close();
  await ended;
  plug.retry();
  plug.send(Buffer.alloc(60));
  expect(plug.isConnected).toBe(false);
});
