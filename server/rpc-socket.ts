// The RPC WebSocket: the same calls as REST plus the event feed, for the window, the desktop and the proxy.
import { RPCHandler } from '@orpc/server/ws';
import type { WebSocket } from 'ws';
import { answering } from './answering.ts';
import { type BorderContext, type Door, inScope } from './call-context.ts';
import { requestIdIn } from './request-id.ts';
import { acceptSockets, type UpgradeHandler } from './upgrade.ts';

const MAX_MESSAGE_BYTES = 1024 * 1024;

/** The door's context goes in and comes out unread, so its exact type does not matter here. */
export function rpcUpgrade(door: Door<BorderContext>): UpgradeHandler {
  const handler = new RPCHandler<BorderContext>(door.router, {
    rootInterceptors: [
      // One socket carries many calls: each has a request id of its own, the client's or one made here.
      (call) => {
        const { context, request } = call;
        const scope = { requestId: requestIdIn(request.headers), caller: context.caller };
        const run = () => call.next({ ...call, context: { ...context, requestId: scope.requestId } });
        return inScope(door, scope, run);
      },
    ],
    clientInterceptors: [answering(door)],
  });
  return acceptSockets(MAX_MESSAGE_BYTES, (socket, caller) => {
    void handler.upgrade(
      {
        addEventListener: socket.addEventListener.bind(socket),
        send: sendAndWait(socket) as typeof socket.send,
      },
      { context: door.contextFor('socket', caller, null) },
    );
  });
}

/**
 * Waits until the message has left: a client that does not read makes its feed wait, not this process grow. oRPC awaits
 * what `send` gives back (ServerPeer), though its types say void. A message that can't leave any more is no failure of
 * its call: the socket is gone, and its close event ends all that runs on it.
 */
function sendAndWait(socket: WebSocket): (data: Parameters<WebSocket['send']>[0]) => Promise<void> {
  return (data) => new Promise((resolve) => socket.send(data, () => resolve()));
}
