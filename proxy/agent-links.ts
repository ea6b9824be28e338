// How a proxy reaches the agent behind it: as itself, and as each of the agent's users who comes through it.
import type { NodeConnection } from '@tt/client/node';
import type { AgentCallers } from './agent-callers.ts';

export interface AgentLinks {
  /** As the proxy itself. */
  own: NodeConnection;
  callers: Pick<AgentCallers, 'connectionOf' | 'hold' | 'isProxys'>;
  /** Opens another connection, with this credential or as the proxy: a feed has one of its own, as each connection carries one feed. */
  connect: (credential: string | undefined) => NodeConnection;
}
