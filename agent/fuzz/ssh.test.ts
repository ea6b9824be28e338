// A guest whose ssh server sends anything, beginning with what a real one sends. Nobody waits longer than was said, and every failure
// is the one meant for it.
// @module-tag deep
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GuestError } from '../guest-channel/guest-error.ts';
import { AfterMark } from '../ssh/after-mark.ts';
import { SshConnection, type SshTarget } from '../ssh/ssh-connection.ts';
import { startSshGuest } from '../ssh/test-ssh-guest.ts';
import { fuzz, fuzzing, mutated } from '../testing/fuzz.ts';

const TIMEOUT_MS = 60;
let server: Server;
let target: SshTarget;
/** The greeting and the first packet of a server. */
let sample: Buffer;
let answer: Buffer = Buffer.alloc(0);
const clients = new Set<Socket>();

beforeEach(async () => {
  const guest = await startSshGuest();
  const socket = connect(guest.target.port, guest.target.host);
  socket.write('SSH-2.0-test\r\n');
  const parts: Buffer[] = [];
  // The packet has a kilobyte.
  while (Buffer.concat(parts).length < 512) parts.push(...((await once(socket, 'data')) as [Buffer]));
  sample = Buffer.concat(parts);
  socket.destroy();
  await guest.close();
  server = createServer((client) => {
    clients.add(client);
    client.on('error', () => {});
    client.on('close', () => clients.delete(client));
    client.write(answer);
    client.on('data', () => client.write(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  target = { ...guest.target, port: (server.address() as AddressInfo).port };
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

it('an ssh server', fuzzing, async () => {
  await fuzz(mutated(sample, ['SSH-2.0-x\r\n', 'SSH-1.99-', '\r\n', '\0', '\xff\xff\xff\xff']), async (bytes) => {
    answer = bytes;
    const outcome = await SshConnection.open(target, TIMEOUT_MS).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(GuestError);
  });
});

it('what a login shell prints', fuzzing, async () => {
  const texts = mutated(Buffer.from('Welcome\ntt-1 0\nhello\n'), ['tt-1 ', '\n', 'tt-']);
  await fuzz(fc.tuple(texts, fc.integer({ min: 1, max: 9 })), async ([bytes, size]) => {
    let lines = 0;
    const output = new AfterMark('tt-1 ', () => lines++);
    output.resume();
    const ended = once(output, 'close').catch((error: unknown) => expect(error).toBeInstanceOf(GuestError));
    for (let at = 0; at < bytes.length; at += size) output.write(bytes.subarray(at, at + size));
    output.end();
    await ended;
    expect(lines).toBeLessThan(2);
  });
});
