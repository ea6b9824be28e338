// A line of keys against a screen: the handshake in any pieces, keys only while it is ready, nothing left pressed, and an end for
// whatever is no screen.
import { expect, test } from 'vitest';
import { FakePaced } from '../testing/fake-channel.ts';
import { KeyLine } from './key-line.ts';
import { type PadKey, padKeyMessage, plainKeyMessage } from './pad-key.ts';

const KEY_A: PadKey = { keysym: 0x61, keycode: 0x1e, down: true };
const SHIFT: PadKey = { keysym: 0xffe1, keycode: 0x2a, down: true };
const up = (key: PadKey): PadKey => ({ ...key, down: false });

const NO_SECURITY = Uint8Array.of(1, 1);
const ACCEPTED = new Uint8Array(4);

function serverInit(name: string): Uint8Array {
  const bytes = new Uint8Array(24 + name.length);
  new DataView(bytes.buffer).setUint32(20, name.length);
  bytes.set(new TextEncoder().encode(name), 24);
  return bytes;
}

/** FramebufferUpdate with one rectangle of this encoding and no content. */
function rectangle(encoding: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(2, 1);
  view.setInt32(12, encoding);
  return bytes;
}

function setUp() {
  const channel = new FakePaced();
  channel.opens();
  let ready = 0;
  const line = new KeyLine(channel, { onReady: () => void ready++ });
  return { channel, line, readyTimes: () => ready };
}

/** With a line that is ready, and nothing of the handshake left in what was sent. */
function ready({ physical = true } = {}) {
  const parts = setUp();
  parts.channel.say('RFB 003.008\n');
  parts.channel.say(NO_SECURITY);
  parts.channel.say(ACCEPTED);
  parts.channel.say(serverInit('web-1'));
  if (physical) parts.channel.say(rectangle(-258));
  parts.channel.sent.length = 0;
  return parts;
}

test('the handshake may come in any pieces, and keys go out once it is done', () => {
  const { channel, line, readyTimes } = setUp();
  line.send(KEY_A);
  const all = [...new TextEncoder().encode('RFB 003.008\n'), ...NO_SECURITY, ...ACCEPTED, ...serverInit('web-1')];
  for (const byte of all) channel.say(Uint8Array.of(byte));
  expect(readyTimes()).toBe(1);
  expect(channel.sent.map(({ length }) => length)).toEqual([12, 1, 1, 12]);
  channel.say(rectangle(-258));
  line.send(KEY_A);
  expect(channel.sent.at(-1)).toEqual(padKeyMessage(KEY_A));
});

test('a server that knows no physical keys gets symbols', () => {
  const { channel, line } = ready({ physical: false });
  line.send(KEY_A);
  expect(channel.sent).toEqual([plainKeyMessage(KEY_A)]);
});

test('what is down is released, last first, and a release without a press is not sent', () => {
  const { channel, line } = ready();
  line.send(up(KEY_A));
  expect(channel.sent).toEqual([]);
  line.send(SHIFT);
  line.send(KEY_A);
  line.close();
  expect(channel.sent.slice(2)).toEqual([padKeyMessage(up(KEY_A)), padKeyMessage(up(SHIFT))]);
  line.send(KEY_A);
  expect(channel.sent).toHaveLength(4);
});

test('bells and texts of the clipboard are passed over, however long', () => {
  const { channel, line } = ready();
  channel.say(Uint8Array.of(2));
  const cutText = new Uint8Array(8 + 70_000);
  cutText[0] = 3;
  new DataView(cutText.buffer).setInt32(4, 70_000);
  channel.say(cutText.subarray(0, 30_000));
  channel.say(cutText.subarray(30_000));
  channel.say(rectangle(-258));
  line.send(KEY_A);
  expect(channel.sent).toEqual([padKeyMessage(KEY_A)]);
});

test.each([
  ['another protocol', [new TextEncoder().encode('HTTP/1.1 200')]],
  ['a password', [new TextEncoder().encode('RFB 003.008\n'), Uint8Array.of(1, 2)]],
  ['a refusal', [new TextEncoder().encode('RFB 003.008\n'), NO_SECURITY, Uint8Array.of(0, 0, 0, 1)]],
  [
    'a picture nobody asked for',
    [new TextEncoder().encode('RFB 003.008\n'), NO_SECURITY, ACCEPTED, serverInit(''), rectangle(0)],
  ],
  [
    'an unknown message',
    [new TextEncoder().encode('RFB 003.008\n'), NO_SECURITY, ACCEPTED, serverInit(''), Uint8Array.of(77)],
  ],
])('ends for %s', (_, messages) => {
  const { channel, line } = setUp();
  for (const message of messages) channel.say(message);
  expect(channel.closedWith).toBe(3000);
  const { length } = channel.sent;
  line.send(KEY_A);
  expect(channel.sent).toHaveLength(length);
});

test('a name without end is not waited for', () => {
  const { channel } = setUp();
  channel.say('RFB 003.008\n');
  channel.say(NO_SECURITY);
  channel.say(ACCEPTED);
  const init = serverInit('');
  new DataView(init.buffer).setUint32(20, 0xffff_ffff);
  channel.say(init);
  expect(channel.closedWith).toBe(3000);
});
