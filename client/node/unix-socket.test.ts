// Unix sockets at paths too long for an address: connected to, listened on and removed, without leaking a descriptor.
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectUnixSocket, fitsSocketAddress, listenOnUnixSocket } from './unix-socket.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tt-sock-'));
});
afterEach(() => rm(root, { recursive: true }));

const openFiles = async () => (await readdir('/proc/self/fd')).length;

it('knows by bytes what an address holds', () => {
  expect(fitsSocketAddress(`/${'x'.repeat(106)}`)).toBe(true);
  expect(fitsSocketAddress(`/${'x'.repeat(107)}`)).toBe(false);
  expect(fitsSocketAddress(`/${'x'.repeat(105)}é`)).toBe(false);
});

it.each([
  ['short', 'a'],
  ['long', 'é'.repeat(100)],
])('serves and reaches a socket at a %s path', async (_what, name) => {
  const folder = path.join(root, name);
  const socketPath = path.join(folder, 'x.sock');
  await mkdir(folder);
  const before = await openFiles();
  const server = createServer((socket) => socket.end('hello'));
  await listenOnUnixSocket(server, socketPath);
  expect(await readdir(folder)).toEqual(['x.sock']);
  const socket = connectUnixSocket(socketPath);
  const [said] = await once(socket, 'data');
  expect(String(said)).toBe('hello');
  socket.destroy();
  await once(socket, 'close');
  server.close();
  await once(server, 'close');
  expect(await readdir(folder)).toEqual([]);
  await expect.poll(openFiles).toBe(before);
});

it.each([
  ['a folder that is not there', 'x'.repeat(200), 'ENOENT'],
  ['a socket that is not there', '.'.padEnd(200, '/'), 'ENOENT'],
])('tells of %s by an error of the socket', async (_what, name, code) => {
  const before = await openFiles();
  const socket = connectUnixSocket(`${root}/${name}/x.sock`);
  await expect(once(socket, 'connect')).rejects.toMatchObject({ code });
  await expect.poll(openFiles).toBe(before);
});
