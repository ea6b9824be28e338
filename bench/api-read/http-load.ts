// Asks one thing over and over on kept connections, each as soon as it has its answer, and counts. Raw sockets: node's own
// client would take more of the processor than a server does, and would be what is measured.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { percentile } from '../statistics.ts';

export interface Load {
  requestsPerS: number;
  p99Ms: number;
  requests: number;
}

export interface LoadOptions {
  connections: number;
  durationMs: number;
  headers?: Record<string, string>;
  /** Default: plain TCP. */
  connect?: (url: URL) => Promise<Socket>;
  /** Called once each connection has had an answer, before what is measured: connections are kept, and taking one is another thing. */
  onReady?: () => Promise<void>;
}

/** A server’s code is compiled after some ten thousand requests, which a busy machine does not reach in a fixed time. */
const WARM_REQUESTS = 30_000;
const WARM_LIMIT_MS = 60_000;

/** Asks until the code of a server is compiled; nothing of that is measured. */
export async function warmUp(url: URL, options: LoadOptions): Promise<void> {
  const begun = performance.now();
  for (let requests = 0; requests < WARM_REQUESTS && performance.now() - begun < WARM_LIMIT_MS; )
    requests += (await measureLoad(url, options)).requests;
}

/** Rejects when an answer is not 200, so that quick refusals do not count. */
export async function measureLoad(
  url: URL,
  { connections, durationMs, headers = {}, connect = connectTo, onReady = async () => {} }: LoadOptions,
): Promise<Load> {
  const lines = Object.entries({ host: url.host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `GET ${url.pathname} HTTP/1.1\r\n${lines.join('')}\r\n`;
  const times: number[] = [];
  const sockets = await Promise.all(Array.from({ length: connections }, () => connect(url)));
  let begun = 0;
  try {
    await Promise.all(sockets.map((socket) => askUntil(socket, request, 0, [])));
    await onReady();
    begun = performance.now();
    await Promise.all(sockets.map((socket) => askUntil(socket, request, begun + durationMs, times)));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const requestsPerS = (1000 * times.length) / (performance.now() - begun);
  return { requestsPerS, p99Ms: percentile(times, 0.99), requests: times.length };
}

async function connectTo({ hostname, port }: URL): Promise<Socket> {
  const socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  return socket;
}

function askUntil(socket: Socket, request: string, endMs: number, times: number[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let asked = 0;
  let got = '';
  const ask = () => {
    asked = performance.now();
    socket.write(request);
  };
  const onData = (bytes: Buffer) => {
    got += bytes.toString('latin1');
    if (!isWhole(got)) return;
    if (!got.startsWith('HTTP/1.1 200 ')) reject(new Error(`refused: ${got.slice(0, 300)}`));
    got = '';
    const now = performance.now();
    times.push(now - asked);
    if (now < endMs) ask();
    else resolve();
  };
  const onClose = () => reject(new Error('the server closed a connection'));
  socket.on('data', onData);
  socket.on('error', reject);
  socket.on('close', onClose);
  ask();
  return promise.finally(() => {
    socket.off('data', onData);
    socket.off('close', onClose);
  });
}

/** By its content-length, or by the last chunk where there is none (RFC 9112). */
function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = /^content-length: (\d+)\r$/im.exec(answer.slice(0, headEnd + 1))?.[1];
  return length === undefined ? answer.endsWith('\r\n0\r\n\r\n') : answer.length >= headEnd + 4 + Number(length);
}
