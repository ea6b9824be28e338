// The far end of the noVNC that shows no guest: its handshake as noVNC does it, and its keys, in any pieces.
import { expect, test } from 'vitest';
import { KeyPadChannel } from './key-pad-channel.ts';
import { type PadKey, padKeyMessage } from './pad-key.ts';

const KEY_A: PadKey = { keysym: 0x61, keycode: 0x1e, down: true };

function setUp() {
  const keys: PadKey[] = [];
  const heard: number[][] = [];
  const channel = new KeyPadChannel((key) => keys.push(key));
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => void heard.push([...new Uint8Array(data)]);
  return { channel, keys, heard };
}

test('speaks first, shakes hands and passes keys on', async () => {
  const { channel, keys, heard } = setUp();
  await expect.poll(() => heard).toHaveLength(1);
  expect(String.fromCharCode(...(heard[0] ?? []))).toBe('RFB 003.008\n');
  const setEncodings = Uint8Array.of(2, 0, 0, 1, 255, 255, 254, 254);
  const pointer = Uint8Array.of(5, 0, 0, 0, 0, 0);
  const request = Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 1, 0, 1);
  const all = [
    ...new TextEncoder().encode('RFB 003.008\n'),
    1,
    1,
    ...new Uint8Array(20),
    ...setEncodings,
    ...request,
    ...pointer,
    ...padKeyMessage(KEY_A),
  ];
  for (const byte of all) channel.send(Uint8Array.of(byte));
  expect(keys).toEqual([KEY_A]);
  await expect.poll(() => heard.map(({ length }) => length)).toEqual([12, 2, 4, 24, 16]);
});

test('a message that was not offered is an error, never a key', () => {
  const { channel, keys } = setUp();
  channel.send(new TextEncoder().encode('RFB 003.008\n'));
  channel.send(Uint8Array.of(1, 1));
  expect(() => channel.send(Uint8Array.of(99))).toThrow('type 99');
  expect(keys).toEqual([]);
});

test('after its end nothing is taken', () => {
  const { channel, keys } = setUp();
  channel.close();
  channel.send(padKeyMessage(KEY_A));
  expect(keys).toEqual([]);
  expect(channel.readyState).toBe(3);
});
