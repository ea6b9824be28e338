// A foreign server at the address of a killed agent: it must never get the token, neither with the first connection nor with a
// later one.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { connectNode } from './connect.ts';
import { findPrivateAgent } from './home.ts';
import { readOnce } from './read-once.ts';
import { proofFor, provenSocket } from './server-proof.ts';

const TOKEN = 'the-token-of-the-state-folder';
let home: string;
const servers: Server[] = [];

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tt-thief-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await rm(home, { recursive: true });
});

/** Everything that arrives, as text; `answer` is what the thief does besides listening. */
async function thief(answer: RequestListener): Promise<{ url: string; port: number; heard: () => string }> {
  let heard = '';
  const server = createServer((request, response) => {
    heard += `${request.method} ${request.url} ${request.rawHeaders.join(' ')}\n`;
    answer(request, response);
  });
  servers.push(server);
  // A WebSocket server as obliging as can be: whoever gets as far as the handshake has told it all.
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    heard += `UPGRADE ${request.url} ${request.rawHeaders.join(' ')}\n`;
    sockets.handleUpgrade(request, socket, head, (webSocket) => webSocket.close());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, heard: () => heard };
}

/** As an agent does it. */
const prove: RequestListener = (request, response) => void response.end(proofFor(request, TOKEN));

/** What an agent leaves that was killed; its pid has been given to another process since. */
async function leaveNote(url: string, more: object = {}): Promise<void> {
  await writeFile(path.join(home, 'token'), `${TOKEN}\n`);
  const note = { url, pid: process.pid, startedAt: '2026-11-21T10:00:00.000Z', ...more };
  await writeFile(path.join(home, 'agent.json'), JSON.stringify(note));
}

/** As every client does it, by a single read and by a link; resolves with the code of the failure. */
async function askAgent(): Promise<string> {
  const agent = await findPrivateAgent(home);
  if ((await readOnce(agent, 'env.list')) !== null) return 'answered';
  const connection = connectNode(agent);
  try {
    await connection.client.host.ping();
    return 'answered';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    connection.close();
  }
}

it('a server that knows nothing is told nothing', async () => {
  const answers: RequestListener[] = [
    (_request, response) => response.writeHead(404).end(),
    (_request, response) => response.end('A'.repeat(43)),
    (_request, response) => response.end('x'.repeat(1_000_000)),
    (_request, response) => response.writeHead(302, { location: '/api/rpc' }).end(),
    (request) => request.socket.destroy(),
  ];
  for (const answer of answers) {
    const { url, heard } = await thief(answer);
    await leaveNote(url);
    expect(await askAgent()).not.toBe('answered');
    expect(heard()).not.toContain(TOKEN);
  }
});

it('a server that hands our question on to the agent, at its new address, is told nothing', async () => {
  const agent = createServer((request, response) => prove(request, response)).listen(0, '127.0.0.1');
  servers.push(agent);
  await once(agent, 'listening');
  const { port } = agent.address() as AddressInfo;
  const relay = await thief((request, response) => {
    const { url, headers } = request;
    httpRequest(
      { host: '127.0.0.1', port, path: url, headers: { ...headers, host: `127.0.0.1:${port}` } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    ).end();
  });
  await leaveNote(relay.url);
  expect(await askAgent()).toBe('AGENT_NOT_PROVEN');
  expect(relay.heard()).toContain('/proof');
  expect(relay.heard()).not.toContain(TOKEN);
});

it('an answer that was good once is not good again', async () => {
  const kept: string[] = [];
  const { url, heard } = await thief((request, response) => {
    // The first time it is the agent itself that answers.
    if (kept.length > 0) return void response.end(kept[0]);
    const end = response.end.bind(response);
    response.end = ((text: string) => {
      kept.push(text);
      return end(text);
    }) as typeof response.end;
    prove(request, response);
  });
  (await provenSocket({ url, token: TOKEN })).destroy();
  expect(kept).toHaveLength(1);
  await leaveNote(url);
  expect(await askAgent()).toBe('AGENT_NOT_PROVEN');
  expect(heard()).not.toContain(TOKEN);
});

it('an agent that was replaced while a client was connected is not told the token by the next connection', async () => {
  let isAgent = true;
  const { url, heard } = await thief((request, response) => {
    if (isAgent) prove(request, response);
    else response.writeHead(404).end();
  });
  await leaveNote(url);
  const connection = connectNode(await findPrivateAgent(home));
  // Proven, so it is told; the far end then closes the socket.
  await expect(connection.client.host.ping()).rejects.toMatchObject({ code: 'AGENT_GONE' });
  const before = heard().length;
  expect(heard()).toContain(TOKEN);
  isAgent = false;
  // The link lets go of the old connection when it has seen its end.
  const refusal = () => connection.client.host.ping().then(null, (error: unknown) => error);
  await expect.poll(refusal).toMatchObject({ code: 'AGENT_NOT_PROVEN' });
  expect(heard().slice(before)).not.toContain(TOKEN);
  connection.close();
});
