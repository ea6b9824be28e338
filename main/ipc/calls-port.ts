// All calls of a window over one MessagePort: the contract's router, each call checked against its schema and passed on to
// the agent or proxy of its connection. There is no channel per method, and nothing outside the contract.
import { type AnyRouter, implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { atBorder, relayRouter } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { type Contract, contract, type TtClient, TtError } from '@tt/protocol';
import { AcknowledgedPort } from './acknowledged-port.ts';
import type { PipePort } from './console-pipe.ts';
import { windowFeed } from './window-feed.ts';

/** Where calls go; `client` and `openFeed` throw a TtError while there is no connection. */
export interface CallTargets {
  client: () => TtClient;
  /** Another connection to the same place, for one feed. */
  openFeed: () => NodeConnection;
  /** Told of a call that found the link broken. */
  doubt: () => void;
}

/** Returns the function that serves the calls of one window at a port. */
export function callsServer({ client, openFeed, doubt }: CallTargets): (port: PipePort) => void {
  const api = implement(contract).$context<Pick<AcknowledgedPort, 'hasSpace'>>();
  const router = {
    ...(relayRouter(client) as Record<keyof Contract, AnyRouter>),
    event: {
      follow: api.event.follow.handler(({ input, context, signal }) =>
        windowFeed(openFeed(), () => context.hasSpace(), input, signal),
      ),
    },
  };
  const handler = new RPCHandler<Pick<AcknowledgedPort, 'hasSpace'>>(router, {
    clientInterceptors: [
      async (call) => {
        try {
          return await call.next();
        } catch (error) {
          if (error instanceof TtError && linkFailures.has(error.code)) doubt();
          throw atBorder(error, { requestId: crypto.randomUUID(), onInternal: reportInternal });
        }
      },
    ],
  });
  return (port) => {
    const acknowledged = new AcknowledgedPort(port);
    handler.upgrade(acknowledged, { context: acknowledged });
    port.start();
  };
}

const linkFailures: ReadonlySet<string> = new Set(['AGENT_UNREACHABLE', 'AGENT_GONE']);

function reportInternal(error: unknown, requestId: string): void {
  process.stderr.write(`call failed inside the desktop (request ${requestId}): ${String(error)}\n`);
}
