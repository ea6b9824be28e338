// What a port of a guest says of itself: with servers of this process that behave as guests, and as QEMU before a guest is up.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type PortToProbe, probePort } from './port-probe.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function serve(take: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    ends.push(() => socket.destroy());
    take(socket);
  });
  server.listen(0, '127.0.0.1');
  ends.push(() => server.close());
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}
const probe = (port: number, about: Partial<PortToProbe> = {}) =>
  probePort({ host: '127.0.0.1', port, ask: 'none', silenceIsOpen: true, ...about }, 5_000);

it('is open where a server greets, or answers for its page', async () => {
  expect(await probe(await serve((socket) => socket.write('220 ready\r\n')), { silenceIsOpen: false })).toBe('open');
  const asked: string[] = [];
  const web = await serve((socket) =>
    socket.on('data', (bytes) => {
      asked.push(String(bytes));
      socket.end('HTTP/1.0 500 Oops\r\n\r\n');
    }),
  );
  expect(await probe(web, { ask: 'http', silenceIsOpen: false })).toBe('open');
  expect(asked).toEqual([expect.stringMatching(/^HEAD \/ HTTP\/1\.0\r\n/)]);
});

it('is open where the guest takes the connection and says nothing, but unknown where QEMU may have', async () => {
  const port = await serve(() => {});
  expect(await probe(port)).toBe('open');
  expect(await probe(port, { silenceIsOpen: false })).toBe('unknown');
});

it('is closed where nobody listens, and where the connection is ended at once, as QEMU does for a guest that refuses', async () => {
  const port = await serve((socket) => socket.end());
  expect(await probe(port)).toBe('closed');
  expect(await probe(await serve((socket) => socket.resetAndDestroy()))).toBe('closed');
  for (const end of ends.splice(0)) end();
  expect(await probe(port)).toBe('closed');
});

it('is unknown where there is no way to it', async () => {
  expect(await probePort({ host: 'no such host', port: 1, ask: 'none', silenceIsOpen: true }, 5_000)).toBe('unknown');
});
