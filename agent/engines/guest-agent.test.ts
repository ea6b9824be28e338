// Requests to a guest agent that is slow, does not answer, or still sends replies to an earlier client.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pingGuestAgent } from './guest-agent.ts';
import { execInGuest } from './guest-exec.ts';

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

it('that answers what makes no sense is as good as silent', async () => {
  const run = () => execInGuest(socketPath, (work) => work(), ['true'], { timeoutMs: 5_000 });
  let status = '{}';
  answer = ({ execute, arguments: args }) =>
    execute === 'guest-exec' ? '{"return": {"pid": 1}}\n' : execute === 'guest-exec-status' ? status : sync(args?.id);
  for (const wrong of ['{}', '{"exited": "yes"}', '{"exited": true, "out-data": "no base64!"}']) {
    status = `{"return": ${wrong}}\n`;
    await expect(run()).rejects.toMatchObject({
      code: 'GUEST_AGENT_SILENT',
      message: expect.stringContaining('makes no sense'),
    });
  }
  status = '{"return": {"exited": true, "exitcode": 0, "out-data": "aGVsbG8="}}\n';
  expect(await run()).toEqual({ exitCode: 0, stdout: 'hello', stderr: '' });
});
