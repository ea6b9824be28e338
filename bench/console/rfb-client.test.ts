// The bench's RFB client against the fake engine's RFB server, with every message cut into single bytes.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { FakeRfbConnection } from '../../agent/engines/fake/fake-rfb-server.ts';
import { type ByteLink, openUnixLink } from './byte-link.ts';
import { ByteReader } from './byte-reader.ts';
import { RfbClient } from './rfb-client.ts';

const WIDTH = 8;
const HEIGHT = 4;

it('gets whole and tiny pictures, byte by byte', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-rfb-'));
  const server = createServer((socket) => {
    const viewer = new FakeRfbConnection(socket, {
      name: 'test',
      width: WIDTH,
      height: HEIGHT,
      // Red, green and blue of each pixel.
      draw: () => new Uint8Array(WIDTH * HEIGHT * 3),
      version: () => 1,
      keyboard: { scancode: () => {}, keysym: () => {} },
      lights: () => 0,
    });
    viewer.update();
  });
  await new Promise<void>((resolve) => server.listen(path.join(folder, 'vnc.sock'), resolve));
  const client = await RfbClient.over(hostile(await openUnixLink(path.join(folder, 'vnc.sock'))));
  expect(client.screen).toEqual({ x: 0, y: 0, width: WIDTH, height: HEIGHT });
  expect(await client.update(client.screen)).toBe(WIDTH * HEIGHT * 4);
  expect(await client.update({ x: 1, y: 1, width: 1, height: 1 })).toBeGreaterThan(0);
  client.close();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

it('rejects a read that can never be answered', async () => {
  const reader = new ByteReader();
  const waiting = reader.read(2);
  reader.push(Buffer.from([1]));
  reader.end(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  expect([...(await reader.read(1))]).toEqual([1]);
  await expect(reader.skip(1)).rejects.toThrow('gone');
});

/** Delivers every byte on its own. */
function hostile(link: ByteLink): ByteLink {
  return {
    ...link,
    listen: (onData, onClose) =>
      link.listen((bytes) => {
        for (let index = 0; index < bytes.length; index++) onData(bytes.subarray(index, index + 1));
      }, onClose),
  };
}
