// The question to a guest agent, with agents that are slow, deaf, or still answer somebody who asked before.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pingGuestAgent } from './guest-agent.ts';

let folder: string;
let socketPath: string;
let server: Server;
const clients: Socket[] = [];
/** What the agent sends for a request; called with each request's JSON. */
let answer: (request: { execute: string; arguments?: { id: number } }, client: Socket) => string;
/** All bytes the agent was sent. */
let received: Buffer[];
let closedForWriting = false;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-ping-'));
  socketPath = path.join(folder, 'agent.sock');
  received = [];
  closedForWriting = false;
  server = createServer({ allowHalfOpen: true }, (client) => {
    clients.push(client);
    client.on('error', () => {});
    client.on('end', () => {
      closedForWriting = true;
    });
    client.on('data', (bytes: Buffer) => {
      received.push(bytes);
      for (const line of bytes.toString('latin1').replaceAll('\xff', '').split('\n').filter(Boolean)) {
        for (const byte of Buffer.from(answer(JSON.parse(line), client), 'latin1')) client.write(Uint8Array.of(byte));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const sync = (id?: number) => `${JSON.stringify({ return: id })}\n`;
const PONG = '{"return": {}}\n';

it('flushes, finds its own answer among older ones, and asks before it leaves', async () => {
  answer = ({ execute, arguments: args }) => {
    expect(closedForWriting).toBe(false);
    if (execute === 'guest-ping') return PONG;
    // Left over: an answer to a ping, an error about the flush, another's sync, lines that are no JSON.
    return `${PONG}{"error": {"class": "GenericError"}}\n\xff${sync(1)}null\nnonsense\n${sync(args?.id)}`;
  };
  expect(await pingGuestAgent(socketPath, 5_000)).toBe(true);
  expect(Buffer.concat(received)[0]).toBe(0xff);
});

it('takes no older answer for its own, and an error for none', async () => {
  answer = () => `${PONG}${sync(1)}`;
  expect(await pingGuestAgent(socketPath, 100)).toBe(false);
  answer = ({ execute, arguments: args }) => (execute === 'guest-ping' ? '{"error": {}}\n' : sync(args?.id));
  expect(await pingGuestAgent(socketPath, 100)).toBe(false);
});

it('is answered by nobody when the agent is deaf or leaves, and says when there is none at all', async () => {
  answer = () => '';
  expect(await pingGuestAgent(socketPath, 100)).toBe(false);
  answer = (_, client) => {
    client.end();
    return '';
  };
  expect(await pingGuestAgent(socketPath, 5_000)).toBe(false);
  await expect(pingGuestAgent(path.join(folder, 'none.sock'), 5_000)).rejects.toMatchObject({ code: 'VM_GONE' });
});
