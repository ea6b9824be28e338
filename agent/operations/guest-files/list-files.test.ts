// Lists of files as guests may give them: more than is taken, in pieces of one byte, and many at once.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { duplexPair } from 'node:stream';
import { expect, it } from 'vitest';
import { encodeFrame, FRAME, FrameReader } from '../../guest-channel/frame.ts';
import { GuestChannel } from '../../guest-channel/guest-channel.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { listGuestFiles } from './list-files.ts';

type Services = Parameters<typeof listGuestFiles>[0];

/** A helper that is asked for lists; `answer` prints one, and ends it. */
async function guest() {
  const [host, port] = duplexPair();
  const reader = new FrameReader();
  const asked: number[] = [];
  const say = (type: number, id: number, payload?: Uint8Array) => port.write(encodeFrame(type, id, payload));
  port.on('data', (bytes: Buffer) => {
    for (const { type, id, payload } of reader.push(bytes)) {
      if (type === FRAME.hello) say(FRAME.hello, 0, payload);
      if (type === FRAME.exec) asked.push(id);
    }
  });
  const channel = await GuestChannel.open(host, 5_000);
  const answer = (id: number, pieces: Iterable<Buffer>) => {
    for (const piece of pieces) say(FRAME.output, id, Buffer.concat([Uint8Array.of(1), piece]));
    say(FRAME.exit, id, Uint8Array.of(0, 0));
  };
  return { channel, asked, answer };
}

const servicesOf = (channel: GuestChannel) =>
  ({
    inventory: {
      vm: () => ({ id: 'a', name: 'demo/a', envName: 'demo', spec: {} }) as VmRecord,
      env: () => ({ owner: 'kim' }),
    },
    running: { need: () => ({}) },
    guestChannels: { open: async () => channel, hasAgent: () => false },
  }) as unknown as Services;

const list = (channel: GuestChannel, signal = new AbortController().signal) =>
  listGuestFiles(
    servicesOf(channel),
    { name: 'kim', role: 'user' },
    { vmId: 'a', path: '/', what: 'folder', timeoutS: 5 },
    signal,
  );

const until = async (holds: () => boolean) => {
  while (!holds()) await nextTurn();
};

it('is refused where it has more entries than are taken, before any is looked at', async () => {
  const { channel, asked, answer } = await guest();
  const listed = list(channel);
  await until(() => asked.length === 1);
  // What is no entry would be GUEST_FILES_UNREACHABLE if it were read.
  answer(asked[0] ?? 0, [Buffer.from('x\0'.repeat(10_001))]);
  await expect(listed).rejects.toMatchObject({ code: 'GUEST_FILES_TOO_MANY' });
});

it('is the same in pieces of one byte', async () => {
  const { channel, asked, answer } = await guest();
  const listed = list(channel);
  await until(() => asked.length === 1);
  const text = `f 12 644 0 /${'名'.repeat(1000)}\0d 0 755 0 /b\0`;
  answer(
    asked[0] ?? 0,
    Array.from(Buffer.from(text), (byte) => Buffer.of(byte)),
  );
  expect((await listed).map(({ kind, path }) => [kind, path.length])).toEqual([
    ['file', 1001],
    ['folder', 2],
  ]);
});

it('waits for its turn when its user has others, and leaves the row with its caller', async () => {
  const { channel, asked, answer } = await guest();
  const leaving = new AbortController();
  const lists = Array.from({ length: 8 }, () => list(channel));
  const given = list(channel, leaving.signal);
  const last = list(channel);
  await until(() => asked.length === 8);
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  expect(asked).toHaveLength(8);
  leaving.abort(new Error('gone'));
  await expect(given).rejects.toThrow('gone');
  answer(asked[0] ?? 0, []);
  await until(() => asked.length === 9);
  for (const id of asked.slice(1)) answer(id, []);
  expect(await Promise.all([...lists, last])).toEqual(Array.from({ length: 9 }, () => []));
});
