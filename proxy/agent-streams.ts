// Streams, and uploads that come as requests, through the proxy: the agent's ticket is stored with the proxy's own, and bytes are passed on
// unparsed.
import { once } from 'node:events';
import { toTtError } from '@tt/client';
import { giveBack, type NodeConnection } from '@tt/client/node';
import { type StreamHello, type StreamKind, streamClose, type Transfer, transferSchema, TtError } from '@tt/protocol';
import { type FarEnd, plainFarEnd, StreamEndError, type StreamEndpoint, type Tickets } from '@tt/server';
import type { Logger } from 'pino';
import { createWebSocketStream } from 'ws';
import type { AgentLinks } from './agent-links.ts';

export interface RelayPurpose {
  kind: StreamKind;
  callerName?: string;
  /** Of a caller whom the agent knows: the credential the stream is opened with there. */
  elsewhere?: string;
  /** Good once at the agent. */
  agentTicket: string;
  /** For a terminal, which shows no token. */
  withoutIdentity?: true;
}

const closeCodes: ReadonlySet<number> = new Set(Object.values(streamClose));

export function agentStreams(
  { own, callers }: Pick<AgentLinks, 'own' | 'callers'>,
  tickets: Tickets<RelayPurpose>,
  logger: Logger,
): StreamEndpoint<RelayPurpose> {
  return {
    tickets,
    logger,
    // Only the agent knows; it says so by its close code.
    isLive: () => true,
    about: () => ({}),
    async open({ agentTicket, elsewhere }) {
      if (elsewhere === undefined) return openAtAgent(own, agentTicket);
      const connection = callers.connectionOf(elsewhere);
      const release = callers.hold(elsewhere);
      try {
        const opened = await openAtAgent(connection, agentTicket);
        opened.stream.once('close', release);
        return opened;
      } catch (error) {
        release();
        throw error;
      }
    },
    async receive({ agentTicket, elsewhere }, _caller, body) {
      const connection = elsewhere === undefined ? own : callers.connectionOf(elsewhere);
      const release = elsewhere === undefined ? () => {} : callers.hold(elsewhere);
      try {
        const onSpent = (piece: Uint8Array) => giveBack([piece]);
        return transferIn(await connection.putBytes({ ...body, ticket: agentTicket, onSpent }));
      } finally {
        release();
      }
    },
    // The agent counts its viewers itself; through the proxy they are its viewers too.
    onViewer: () => {},
  };
}

/** Throws what the agent refuses it with. */
function transferIn(answer: unknown): Transfer {
  const transfer = transferSchema.safeParse(answer);
  if (transfer.success) return transfer.data;
  throw toTtError(answer, () => new TtError('AGENT_GONE', { call: 'transfer.open' }));
}

/** Resolves once the agent has taken the ticket: only bytes of the guest follow. It ends, or rejects, with the agent's close code. */
async function openAtAgent(agent: NodeConnection, ticket: string): Promise<FarEnd> {
  const socket = agent.openStreamSocket();
  const closed = new Promise<StreamEndError>((resolve) => {
    socket.once('close', (code, why) => resolve(endOf(code, why.toString())));
  });
  await once(socket, 'open');
  const ready = new Promise<FarEnd>((resolve) => {
    // In the same turn as the ready frame: the guest's first bytes may stand right behind it.
    socket.once('message', () => {
      const stream = createWebSocketStream(socket);
      // Not earlier: what the agent sent before it closed is passed on first.
      stream.once('end', () => void closed.then((end) => stream.destroy(end)));
      resolve(plainFarEnd(stream));
    });
  });
  socket.send(JSON.stringify({ ticket } satisfies StreamHello));
  const refused = closed.then((end) => Promise.reject(end));
  return Promise.race([ready, refused]);
}

/** Of any other end, such as a lost connection, only the agent's side of it is known to have failed. */
function endOf(code: number, why: string): StreamEndError {
  return closeCodes.has(code)
    ? new StreamEndError(code, why)
    : new StreamEndError(streamClose.upstreamFailed, `the agent ended the stream (${code})`);
}
