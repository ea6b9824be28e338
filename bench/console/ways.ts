// The three ways to one console socket: straight, through the agent's stream, through websockify.
import type { NodeConnection } from '../../client/node/index.ts';
import type { StreamHello, ConsoleKind } from '../../protocol/index.ts';
import type { AgentProcess } from '../agent-process.ts';
import { cpuSeconds } from '../proc.ts';
import { type ByteLink, openUnixLink, openWebSocketLink } from './byte-link.ts';
import type { Websockify } from './websockify.ts';

export interface Way {
  name: 'direct' | 'agent' | 'websockify';
  open(): Promise<ByteLink>;
  /** Processor seconds the relay has used so far, while a link is open. */
  relayCpu(): Promise<number>;
}

export function waysTo(agent: AgentProcess, vmId: string, kind: ConsoleKind, websockify: Websockify): Way[] {
  return [
    { name: 'direct', open: () => openUnixLink(agent.socketOf(vmId, kind)), relayCpu: async () => 0 },
    {
      name: 'agent',
      open: () => openAgentStream(agent.connection, vmId, kind),
      relayCpu: () => cpuSeconds(agent.pid),
    },
    {
      name: 'websockify',
      open: () => openWebSocketLink(websockify.openSocket()),
      relayCpu: async () => {
        const used = await Promise.all((await websockify.workerPids()).map(cpuSeconds));
        return used.reduce((sum, seconds) => sum + seconds, 0);
      },
    },
  ];
}

/** A console as every client opens it: a ticket by call, then the stream. */
export async function openAgentStream(connection: NodeConnection, vmId: string, kind: ConsoleKind): Promise<ByteLink> {
  const { ticket } = await connection.client.console.open({ vmId, kind });
  return openWebSocketLink(connection.openStreamSocket(), JSON.stringify({ ticket } satisfies StreamHello));
}
