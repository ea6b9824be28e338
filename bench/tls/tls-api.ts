// Calls over TLS: reads on kept connections, and a hundred people who sign in at once, against node:https alone.
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Socket } from 'node:net';
import { findPrivateAgent } from '../../client/node/index.ts';
import { API_PREFIX } from '../../protocol/index.ts';
import { startAgentProcess } from '../agent-process.ts';
import { warmUp } from '../api-read/http-load.ts';
import { compareServed, measureServed, sayLoad, type ServedLoad } from '../api-read/served-load.ts';
import { type Child, startChild } from '../child.ts';
import { type Comparison, pair } from '../comparison.ts';
import type { BenchContext } from '../section.ts';
import { median, min } from '../statistics.ts';
import { waitUntil } from '../wait-until.ts';
import { withLimit } from '../with-limit.ts';
import type { BenchCertificate } from './bench-certificate.ts';
import { openTls } from './open-tls.ts';

const CONNECTIONS = 50;
const DURATION_MS = 3000;
/** Also of a quick run: the clock of processor time is as coarse as 10 ms. */
const ROUNDS = 3;
const PEOPLE = 100;
const LIMIT_MS = 60_000;

interface Options {
  certificate: BenchCertificate;
  imageDirectory: string;
}

export async function measureTlsApi(
  context: BenchContext,
  { certificate, imageDirectory }: Options,
): Promise<Comparison[]> {
  const { resources, folder, quick, say } = context;
  const tokens = Array.from({ length: PEOPLE }, () => randomBytes(32).toString('base64url'));
  const config = path.join(folder, 'people.yaml');
  await writeFile(config, peopleYaml(tokens));
  const agent = await startAgentProcess(resources, {
    folder: `${folder}/a`,
    imageDirectory,
    engine: 'fake',
    flags: ['--tls', 'always', '--config', config],
  });
  const { token, authority } = await findPrivateAgent(agent.home);
  if (!authority) throw new Error('the agent does not speak TLS');
  const headers = { authorization: `Bearer ${token}` };
  const url = new URL(`${API_PREFIX}/host`, agent.url);
  const ourSocket = (to: URL) => openTls(to, authority);
  const peerSocket = (to: URL) => openTls(to, certificate.authority);
  const { url: peerUrl, child: peerChild } = await startBareHttps(
    context,
    certificate,
    await bodyOf(url, headers, ourSocket),
  );
  const [ours, peer]: [ServedLoad[], ServedLoad[]] = [[], []];
  const [login, peerLogin]: [number[], number[]] = [[], []];
  const options = { connections: CONNECTIONS, durationMs: quick ? DURATION_MS / 6 : DURATION_MS };
  await warmUp(url, { ...options, headers, connect: ourSocket });
  await warmUp(peerUrl, { ...options, connect: peerSocket });
  // One after the other: what a hundred who have just signed in leave to do is no read.
  for (let round = 0; round < ROUNDS; round++) {
    const oursNow = await measureServed(agent.pid, url, { ...options, headers, connect: ourSocket });
    const peerNow = await measureServed(peerChild.pid, peerUrl, { ...options, connect: peerSocket });
    ours.push(oursNow);
    peer.push(peerNow);
    say(`${sayLoad(oursNow)}, bare ${sayLoad(peerNow)}`);
  }
  const join = new URL(`${API_PREFIX}/session/join`, agent.url);
  await allAtOnce(tokens, join, ourSocket);
  for (let round = 0; round < ROUNDS; round++) {
    login.push(await allAtOnce(tokens, join, ourSocket));
    peerLogin.push(await allAtOnce(tokens, peerUrl, peerSocket));
  }
  return [
    ...compareServed('GET /api/host over TLS, against node:https', [ours, peer], 0.6),
    {
      what: `${PEOPLE} people sign in at once, each with a connection of their own`,
      ours: pair({ min: min(login), median: median(login) }, 'ms'),
      peer: pair({ min: min(peerLogin), median: median(peerLogin) }, 'ms'),
      ratio: median(login) / median(peerLogin),
      goal: null,
    },
  ];
}

function peopleYaml(tokens: readonly string[]): string {
  const users = tokens.map(
    (token, index) =>
      `  - name: p${index}\n    role: user\n    tokenSha256: ${createHash('sha256').update(token).digest('hex')}\n`,
  );
  return `users:\n${users.join('')}`;
}

async function startBareHttps(
  { resources, folder }: BenchContext,
  { certificateFile, keyFile }: BenchCertificate,
  answer: string,
): Promise<{ url: URL; child: Child }> {
  const [answerFile, portFile] = [path.join(folder, 'host.json'), path.join(folder, 'https.port')];
  await writeFile(answerFile, answer);
  const program = path.join(import.meta.dirname, 'bare-https.ts');
  const args = [program, answerFile, portFile, certificateFile, keyFile];
  const child = await startChild(resources, process.execPath, args, path.join(folder, 'https.log'));
  const port = await waitUntil('the bare server', async () => {
    const text = await readFile(portFile, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    });
    return Number(text) || null;
  });
  return { url: new URL(`https://127.0.0.1:${port}/`), child };
}

/** One request of its own connection; rejects unless the answer is 200. */
async function ask(socket: Socket, request: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const parts: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => parts.push(bytes));
  socket.on('error', reject);
  socket.on('close', () => resolve(Buffer.concat(parts).toString('utf8')));
  socket.write(request);
  const answer = await promise;
  if (!answer.startsWith('HTTP/1.1 200 ')) throw new Error(`refused: ${answer.slice(0, 300)}`);
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}

async function bodyOf(
  url: URL,
  headers: Record<string, string>,
  connect: (url: URL) => Promise<Socket>,
): Promise<string> {
  const lines = Object.entries({ host: url.host, connection: 'close', ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return ask(await connect(url), `GET ${url.pathname} HTTP/1.1\r\n${head}\r\n`);
}

/** Milliseconds until the last of them is in. */
async function allAtOnce(tokens: readonly string[], url: URL, connect: (url: URL) => Promise<Socket>): Promise<number> {
  const begun = performance.now();
  const each = tokens.map(async (code) => {
    const body = JSON.stringify({ code });
    const head = `host: ${url.host}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`;
    await ask(await connect(url), `POST ${url.pathname} HTTP/1.1\r\n${head}\r\n${body}`);
  });
  await withLimit('sign in', LIMIT_MS, Promise.all(each));
  return performance.now() - begun;
}
