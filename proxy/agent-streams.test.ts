// How a stream through the proxy ends: as the agent ends it, with its code, after all that the agent sent before.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { NodeConnection } from '@tt/client/node';
import { streamClose } from '@tt/protocol';
import { Tickets } from '@tt/server';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { AgentCallers } from './agent-callers.ts';
import { agentStreams } from './agent-streams.ts';

const ready = JSON.stringify({ ready: true, kind: 'serial' });
let server: WebSocketServer;
/** What the agent does once it has the ticket. */
let answer: (socket: WebSocket) => void;

beforeEach(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => socket.once('message', () => answer(socket)));
  await once(server, 'listening');
});
afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

function open() {
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = { openStreamSocket: () => new WebSocket(url) } as unknown as NodeConnection;
  const streams = agentStreams(
    { own: agent, callers: new AgentCallers(() => agent, '') },
    new Tickets(() => new Date()),
    pino({ level: 'silent' }),
  );
  return streams.open({ kind: 'serial', agentTicket: 'x' }, { name: 'anybody' } as never);
}

it.each([
  ['that the VM does not run', streamClose.vmNotRunning, streamClose.vmNotRunning],
  ['that the guest’s end failed', streamClose.upstreamFailed, streamClose.upstreamFailed],
  ['that no new process came', streamClose.replacementLate, streamClose.replacementLate],
  ['nothing that a viewer knows', 1001, streamClose.upstreamFailed],
])('an agent that says %s ends it so, after its last bytes', async (_what, said, code) => {
  const last = Buffer.alloc(300_000, 7);
  answer = (socket) => {
    socket.send(ready);
    socket.send(last);
    socket.close(said, 'why');
  };
  const farEnd = await open();
  let received = 0;
  farEnd.onData((chunk, release) => {
    received += chunk.length;
    release();
  });
  const closed = new Promise((resolve) => farEnd.stream.once('close', resolve));
  const [error] = (await once(farEnd.stream, 'error')) as [Error];
  expect([received, error]).toEqual([last.length, expect.objectContaining({ closeCode: code })]);
  await closed;
});

it('an agent that is lost ends it as a far end that failed', async () => {
  answer = (socket) => socket.send(ready, () => socket.terminate());
  const farEnd = await open();
  farEnd.onData((_chunk, release) => release());
  const [error] = (await once(farEnd.stream, 'error')) as [Error];
  expect(error).toMatchObject({ closeCode: streamClose.upstreamFailed });
});

it('an agent that refuses does so with its own code', async () => {
  answer = (socket) => socket.close(streamClose.ticketInvalid, 'no');
  await expect(open()).rejects.toMatchObject({ closeCode: streamClose.ticketInvalid, message: 'no' });
});
