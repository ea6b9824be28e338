// The peer of TLS consoles: haproxy, which ends TLS in front of an agent that speaks plainly.
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { type Child, startChild } from '../child.ts';
import type { BenchContext } from '../section.ts';
import { waitUntil } from '../wait-until.ts';
import type { BenchCertificate } from './bench-certificate.ts';
import { openTls } from './open-tls.ts';

export const HAPROXY_COMMAND =
  'haproxy -db -f haproxy.cfg: bind ssl crt, http-request set-header Host, server of the plain agent';

export interface Haproxy {
  url: string;
  process: Child;
}

/** `agentUrl` is plain. */
export async function startHaproxy(
  { resources, folder }: BenchContext,
  certificate: BenchCertificate,
  agentUrl: string,
): Promise<Haproxy> {
  const port = await freePort();
  const { host } = new URL(agentUrl);
  const file = path.join(folder, 'haproxy.cfg');
  const lines = [
    'global',
    '  maxconn 2000',
    'defaults',
    '  mode http',
    '  timeout connect 10s',
    '  timeout client 10m',
    '  timeout server 10m',
    '  timeout tunnel 10m',
    'frontend tls',
    `  bind 127.0.0.1:${port} ssl crt ${certificate.bothFile} alpn http/1.1`,
    // An agent answers to its own names only.
    `  http-request set-header Host ${host}`,
    '  default_backend agent',
    'backend agent',
    `  server agent ${host}`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = await startChild(resources, 'haproxy', ['-db', '-f', file], path.join(folder, 'haproxy.log'));
  const url = `https://127.0.0.1:${port}`;
  await waitUntil('haproxy', async () => {
    const socket = await openTls(new URL(url), certificate.authority).catch(() => null);
    socket?.destroy();
    return socket && true;
  });
  return { url, process: child };
}

/** Free a moment ago: haproxy takes no port 0. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  return address.port;
}
