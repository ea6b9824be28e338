// The owner of a connection's other end, with the kernel's real list and with lines in the kernel's format.
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { type Endpoint, holdsSocket, socketOwner } from './socket-owner.ts';

const remoteOf = (socket: Socket): Endpoint => ({ address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 });
const localOf = (socket: Socket): Endpoint => ({ address: socket.localAddress ?? '', port: socket.localPort ?? 0 });

async function connected(host: string, to: string, use: (accepted: Socket) => Promise<void>): Promise<void> {
  const server: Server = createServer().listen(0, host);
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, to);
  const [accepted] = (await once(server, 'connection')) as [Socket];
  try {
    await use(accepted);
  } finally {
    client.destroy();
    accepted.destroy();
    server.close();
  }
}

it.each([
  ['127.0.0.1', '127.0.0.1'],
  ['127.0.0.2', '127.0.0.2'],
  // The server sees an IPv4 address in IPv6 form; the other end is a plain IPv4 socket.
  ['::', '127.0.0.1'],
  ['::1', '::1'],
])('a server at %s, asked at %s, learns who asked', async (host, to) => {
  await connected(host, to, async (accepted) => {
    const owner = await socketOwner(remoteOf(accepted), localOf(accepted));
    expect(owner).toMatchObject({ uid: process.getuid?.() });
    const inode = owner?.inode ?? 0;
    // The client's end, not the server's own.
    const own = await socketOwner(localOf(accepted), remoteOf(accepted));
    expect(own?.inode).not.toBe(inode);
    expect(await holdsSocket(process.pid, inode)).toBe(true);
    expect(await holdsSocket(process.ppid, inode)).toBe(false);
  });
});

it('a connection nobody of this host has, and a process that is gone, are nobody’s', async () => {
  const [here, there] = [
    { address: '192.0.2.1', port: 1 },
    { address: '127.0.0.1', port: 2 },
  ];
  expect(await socketOwner(here, there)).toBeNull();
  expect(await holdsSocket(2 ** 22 + 1, 1)).toBe(false);
});

it('reads the line of a VM’s own user, also where IPv6 is off', async () => {
  const proc = await mkdtemp(path.join(tmpdir(), 'tt-proc-'));
  await mkdir(path.join(proc, 'net'));
  const line =
    '   3: 0100007F:A0F2 0100007F:2537 01 00000000:00000000 00:00000000 00000000 2001000007        0 4711 1 0000000000000000 20 0 0 10 -1';
  await writeFile(path.join(proc, 'net', 'tcp'), `  sl  local_address rem_address   st\n${line}\n`);
  const [guest, agent] = [
    { address: '127.0.0.1', port: 0xa0f2 },
    { address: '127.0.0.1', port: 9527 },
  ];
  expect(await socketOwner(guest, agent, proc)).toEqual({ uid: 2_001_000_007, inode: 4711 });
  expect(await socketOwner(agent, guest, proc)).toBeNull();
  await rm(proc, { recursive: true });
});
