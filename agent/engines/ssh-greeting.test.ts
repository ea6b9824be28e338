// The SSH greeting, from servers that send it in pieces, late, after other lines, or never.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { greetsBySsh } from './ssh-greeting.ts';

const servers: Server[] = [];
const clients: Socket[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A server that does this to each client. */
async function serve(greet: (client: Socket) => void) {
  const server = createServer((client) => {
    clients.push(client.setNoDelay(true));
    client.on('error', () => {});
    greet(client);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return { host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 };
}

it('knows a greeting in single bytes, and after other lines', async () => {
  const byBytes = await serve((client) => {
    for (const byte of Buffer.from('SSH-2.0-dropbear\r\n')) client.write(Uint8Array.of(byte));
  });
  expect(await greetsBySsh(byBytes, 5_000)).toBe(true);
  const afterLines = await serve((client) => client.write('Welcome.\r\nSSH is below.\r\nSSH-2.0-x\r\n'));
  expect(await greetsBySsh(afterLines, 5_000)).toBe(true);
});

it('knows what is none: silence, an end, another protocol, nobody', async () => {
  expect(await greetsBySsh(await serve(() => {}), 100)).toBe(false);
  expect(await greetsBySsh(await serve((client) => client.end('HTTP/1.1 400 Bad SSH-2.0\r\n')), 5_000)).toBe(false);
  expect(await greetsBySsh(await serve((client) => client.resetAndDestroy()), 5_000)).toBe(false);
  expect(await greetsBySsh(await serve((client) => client.write('x'.repeat(20_000))), 5_000)).toBe(false);
  const gone = await serve(() => {});
  servers.pop()?.close();
  expect(await greetsBySsh(gone, 5_000)).toBe(false);
});
