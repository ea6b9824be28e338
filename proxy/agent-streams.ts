// Console streams through the proxy: the agent's ticket is stored with the proxy's own, and bytes are passed on unparsed.
import { once } from 'node:events';
import type { NodeConnection } from '@tt/client/node';
import { type StreamHello, type StreamKind, streamClose } from '@tt/protocol';
import { type FarEnd, plainFarEnd, type StreamEndpoint, type Tickets } from '@tt/server';
import type { Logger } from 'pino';
import { createWebSocketStream } from 'ws';

export interface RelayPurpose {
  kind: StreamKind;
  callerName?: string;
  /** Good once at the agent. */
  agentTicket: string;
  /** For a terminal, which shows no token. */
  withoutIdentity?: true;
  /** False once the agent has said that the VM does not run (any more). */
  live: boolean;
}

export function agentStreams(
  agent: NodeConnection,
  tickets: Tickets<RelayPurpose>,
  logger: Logger,
): StreamEndpoint<RelayPurpose> {
  return {
    tickets,
    logger,
    isLive: ({ live }) => live,
    about: () => ({}),
    open: (purpose) => openAtAgent(agent, purpose),
    // The agent counts its viewers itself; through the proxy they are its viewers too.
    onViewer: () => {},
  };
}

/** Resolves once the agent has taken the ticket: only bytes of the guest follow. */
async function openAtAgent(agent: NodeConnection, purpose: RelayPurpose): Promise<FarEnd> {
  const socket = agent.openStreamSocket();
  socket.on('close', (code) => {
    if (code === streamClose.vmNotRunning) purpose.live = false;
  });
  await once(socket, 'open');
  const closed = once(socket, 'close').then(([code]) => {
    throw new Error(`the agent refused the stream (${String(code)})`);
  });
  const ready = new Promise<FarEnd>((resolve) => {
    // In the same turn as the ready frame: the guest's first bytes may stand right behind it.
    socket.once('message', () => resolve(plainFarEnd(createWebSocketStream(socket))));
  });
  socket.send(JSON.stringify({ ticket: purpose.agentTicket } satisfies StreamHello));
  return Promise.race([ready, closed]);
}
