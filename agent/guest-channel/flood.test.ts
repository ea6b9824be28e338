// A guest that floods its host: what it sends is dropped and counted, and the channel ends before it costs much.
import { randomBytes } from 'node:crypto';
import { type Duplex, duplexPair } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FRAME, FrameReader, WINDOW_BYTES } from './frame.ts';
import { GuestChannel } from './guest-channel.ts';
import type { GuestCommand } from './guest-command.ts';

const MIB = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;

/** A channel to a helper that does nothing but greet, and its end of the port. */
async function connected(): Promise<{ channel: GuestChannel; guest: Duplex; credits: () => number }> {
  const [host, guest] = duplexPair();
  const reader = new FrameReader();
  let credits = 0;
  guest.on('data', (bytes: Buffer) => {
    for (const { type, payload } of reader.push(bytes)) {
      if (type === FRAME.hello) guest.write(encodeFrame(FRAME.hello, 0, payload));
      if (type === FRAME.credit) credits += payload.readUInt32LE(1);
    }
  });
  const channel = await GuestChannel.open(host, 5_000);
  return { channel, guest, credits: () => credits };
}

/** Sends `piece` again and again until the host has closed; resolves with the bytes that it took. */
async function flood(channel: GuestChannel, guest: Duplex, piece: Buffer): Promise<number> {
  const bytes = Buffer.concat(Array.from({ length: Math.ceil(PIECE_BYTES / piece.length) }, () => piece));
  const closed = channel.closed.then(() => 'closed' as const);
  for (let taken = 0; taken < 64 * MIB; taken += bytes.length) {
    const written = new Promise((resolve) => guest.write(bytes, resolve));
    if ((await Promise.race([written, closed])) === 'closed') return taken;
  }
  return 64 * MIB;
}

const junk = randomBytes(PIECE_BYTES).map((byte) => byte || 1);

describe('a flood of', () => {
  const kinds: [string, (id: number) => Buffer][] = [
    ['zeros', () => Buffer.alloc(PIECE_BYTES)],
    ['a frame without end', () => Buffer.from(junk)],
    ['halves of frames', () => Buffer.concat([junk.subarray(0, 100), Uint8Array.of(0)])],
    ['output of commands that nobody has started', () => encodeFrame(FRAME.output, 4711, Buffer.alloc(4096, 1))],
    ['output without a byte', (id) => encodeFrame(FRAME.output, id, Uint8Array.of(1))],
    ['credit for nothing', (id) => encodeFrame(FRAME.stdinCredit, id, Buffer.alloc(4))],
    ['answers to nobody', () => encodeFrame(FRAME.ping, 4711)],
    ['greetings', () => encodeFrame(FRAME.hello, 0, Buffer.alloc(17, 1))],
    ['frames of no kind', (id) => encodeFrame(99, id)],
  ];
  it.each(kinds)('%s ends the channel', async (_what, piece) => {
    const { channel, guest } = await connected();
    const command = channel.exec({ argv: ['cat'] });
    const taken = await flood(channel, guest, piece(command.id));
    expect((await channel.closed).code).toBe('GUEST_HELPER_INVALID');
    expect(taken).toBeLessThan(8 * MIB);
    await expect(command.exit).rejects.toMatchObject({ code: 'GUEST_HELPER_INVALID' });
  });
});

const output = (command: GuestCommand, bytes: number) =>
  encodeFrame(FRAME.output, command.id, Buffer.concat([Uint8Array.of(1), Buffer.alloc(bytes, 65)]));
const sent = (guest: Duplex, bytes: Buffer) => new Promise((resolve) => guest.write(bytes, resolve));

it('is not what a command prints for a reader that has left: that is dropped, and then the command has to wait', async () => {
  const { channel, guest, credits } = await connected();
  const command = channel.exec({ argv: ['yes'] });
  command.stdout.destroy();
  const PIECE = 32 * 1024;
  let printed = 0;
  // As an honest helper: only what it has credit for.
  while (printed + PIECE <= WINDOW_BYTES + credits()) {
    await sent(guest, output(command, PIECE));
    printed += PIECE;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(printed).toBeGreaterThanOrEqual(16 * MIB);
  expect(printed).toBeLessThanOrEqual(17 * MIB);
  // Others are served meanwhile; one that sends more than it may has broken the protocol.
  expect(await Promise.race([channel.closed, sent(guest, encodeFrame(FRAME.ping, 1))])).not.toBeInstanceOf(Error);
  for (let at = 0; at < 10; at++) await Promise.race([sent(guest, output(command, PIECE)), channel.closed]);
  expect((await channel.closed).code).toBe('GUEST_HELPER_INVALID');
});

it('of credit for input that it was not sent ends the channel', async () => {
  const { channel, guest } = await connected();
  const command = channel.exec({ argv: ['cat'] });
  const credit = Buffer.alloc(4);
  credit.writeUInt32LE(1);
  guest.write(encodeFrame(FRAME.stdinCredit, command.id, credit));
  expect((await channel.closed).message).toContain('more than it was sent');
});
