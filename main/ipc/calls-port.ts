// All calls of a window over one MessagePort: the contract's router, each call checked against its schema and passed on to
// the current agent or proxy. There is no channel per method, and nothing outside the contract.
import { RPCHandler } from '@orpc/server/message-port';
import { atBorder, relayRouter } from '@tt/client';
import type { TtClient } from '@tt/protocol';
import { MessageChannelMain, type MessagePortMain } from 'electron';

/** `clientOf` throws a TtError while there is no connection. Returns the function that makes a port for one window. */
export function callsPorts(clientOf: () => TtClient): () => MessagePortMain {
  const handler = new RPCHandler(relayRouter(clientOf), {
    clientInterceptors: [
      async (call) => {
        try {
          return await call.next();
        } catch (error) {
          throw atBorder(error, { requestId: crypto.randomUUID(), onInternal: reportInternal });
        }
      },
    ],
  });
  return () => {
    const { port1, port2 } = new MessageChannelMain();
    handler.upgrade(port1, { context: {} });
    port1.start();
    return port2;
  };
}

function reportInternal(error: unknown, requestId: string): void {
  process.stderr.write(`call failed inside the desktop (request ${requestId}): ${String(error)}\n`);
}
