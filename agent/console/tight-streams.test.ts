// noVNC's own decoder over the replacement of a VM's process: the compressed streams of Tight last as long as a connection, so those of the
// new process must go on from the old one's. (With a real guest: agent/scenarios/viewers-over-revert.test.ts.)
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { constants, createDeflate } from 'node:zlib';
import { connectUnix } from '@tt/server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../testing/until.ts';
import { Consoles } from './consoles.ts';
import { encoding, fromViewer } from './rfb.ts';
import { NoVncViewer } from './test-novnc.ts';
import { closed, listening, playGreeting } from './test-screens.ts';

const [WIDTH, HEIGHT] = [8, 4];
let folder: string;
let now: string;
let consoles: Consoles;
const undo: (() => unknown)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-tight-'));
  now = 'old';
  consoles = new Consoles({ sockets: () => ({ vnc: path.join(folder, now), serial: '' }) });
});
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
  await rm(folder, { recursive: true });
});

/** A screen that answers each request with another picture, all of them in one compressed stream, as QEMU does. */
async function serve(name: string, pictures: readonly Buffer[]): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const init = Buffer.alloc(24);
    init.set([0, WIDTH, 0, HEIGHT, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16]);
    const left = [...pictures];
    const deflate = createDeflate();
    const compressed: Buffer[] = [];
    deflate.on('data', (bytes: Buffer) => compressed.push(bytes));
    const send = () => {
      const bytes = Buffer.concat(compressed.splice(0));
      const size = [0, WIDTH, 0, HEIGHT];
      const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, ...size, 0, 0, 0, encoding.tight, 0x00, bytes.length]);
      socket.write(Buffer.concat([head, bytes]));
    };
    const isGreeted = playGreeting(socket, init);
    socket.on('data', (bytes) => {
      const next = isGreeted(bytes) && isRequest(bytes) && left.shift();
      if (!next) return;
      deflate.write(next);
      deflate.flush(constants.Z_SYNC_FLUSH, send);
    });
    socket.on('error', () => {});
  });
  await listening(server, path.join(folder, name));
  undo.push(() => closed(server, sockets));
}

/** The last message is a request for a picture. */
const isRequest = (bytes: Buffer) => bytes.at(-10) === fromViewer.updateRequest;

/** Red, green and blue of all pixels, all different. */
const picture = (from: number) => Buffer.from(Array.from({ length: WIDTH * HEIGHT * 3 }, (_, index) => from + index));

async function view(): Promise<NoVncViewer> {
  const farEnd = await consoles.open('vm', 'vnc');
  undo.push(() => farEnd.stream.destroy());
  return NoVncViewer.open(farEnd);
}

it('noVNC decodes each new screen on one connection', async () => {
  await serve('old', [picture(0), picture(1)]);
  const viewer = await view();
  await until('both pictures', () => viewer.picture.equals(picture(1)));
  for (const name of ['new', 'newest']) {
    const hold = consoles.hold('vm');
    now = name;
    // The second of each looks back at the first.
    await serve(name, [picture(2), picture(name.length)]);
    void hold.release();
    await until('both pictures of the new one', () => viewer.picture.equals(picture(name.length)));
  }
  expect(viewer).toMatchObject({ tight: 6, resets: 0, greetings: 1, failed: null, ended: null });
});

it('a decoder that gets another stream as it is does not go on', async () => {
  await serve('old', [picture(0)]);
  await serve('new', [picture(1)]);
  const viewer = await view();
  await until('its picture', () => viewer.picture.equals(picture(0)));
  const other = await NoVncViewer.open(await connectUnix(path.join(folder, 'new')), viewer);
  await until('it can’t decode it', () => other.failed);
  expect(other.failed).toMatchObject({ message: 'zlib inflate failed' });
});
