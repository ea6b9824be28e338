// The RPC WebSocket: the same calls as REST plus the event feed, for the window, the desktop and the proxy. A client that did
// not identify itself in a header (browsers cannot) does so in the first frame, before any call is read.
import { RPCHandler } from '@orpc/server/ws';
import { type RpcReady, rpcHelloSchema, socketClose } from '@tt/protocol';
import type { WebSocket } from 'ws';
import { answering } from './answering.ts';
import type { CallLimits } from './call-limits.ts';
import { type BorderContext, type Endpoint, inScope } from './call-context.ts';
import { FirstFrames, readFrame } from './first-frame.ts';
import { isSomebody } from './identities.ts';
import type { Logins } from './logins.ts';
import { requestIdIn } from './request-id.ts';
import type { SocketIdentity } from './socket-identity.ts';
import { acceptSockets, type UpgradeHandler } from './upgrade.ts';

const MAX_MESSAGE_BYTES = 1024 * 1024;

/** The door's context goes in and comes out unread, so its exact type does not matter here. */
export function rpcUpgrade(endpoint: Endpoint<BorderContext>, logins: Logins, limits: CallLimits): UpgradeHandler {
  const firstFrames = new FirstFrames();
  const handler = new RPCHandler<BorderContext>(endpoint.router, {
    rootInterceptors: [
      // One socket carries many calls: each has a request id of its own, the client's or one made here.
      (call) => {
        const { context, request } = call;
        if (context.sessionId !== null) logins.sessions.use(context.sessionId);
        const scope = { requestId: requestIdIn(request.headers), caller: context.caller };
        const run = () => call.next({ ...call, context: { ...context, requestId: scope.requestId } });
        return inScope(endpoint, scope, run);
      },
    ],
    clientInterceptors: [answering(endpoint, limits)],
  });
  return acceptSockets(MAX_MESSAGE_BYTES, (socket, identity, raw) => {
    if (isSomebody(identity.identified.caller)) {
      serve(socket, identity);
      return;
    }
    firstFrames.wait(socket, raw, (text) => {
      const hello = readFrame(rpcHelloSchema, text);
      if (hello && isSomebody(identity.prove(hello.session).caller)) {
        socket.send(JSON.stringify({ ready: true } satisfies RpcReady));
        serve(socket, identity);
      } else socket.close(socketClose.unauthorized, 'UNAUTHORIZED');
    });
  });

  function serve(socket: WebSocket, { identified, userAgent }: SocketIdentity): void {
    const border = { ...identified, requestId: 'socket', peerAddress: null, userAgent, logins, socket };
    void handler.upgrade(
      {
        addEventListener: socket.addEventListener.bind(socket),
        send: sendAndWait(socket) as typeof socket.send,
      },
      { context: endpoint.contextFor(border) },
    );
  }
}

/**
 * Waits until the message has left: a client that does not read makes its feed wait, not this process grow. oRPC awaits
 * what `send` gives back (ServerPeer), though its types say void. A message that can't leave any more is no failure of
 * its call: the socket is gone, and its close event ends all that runs on it.
 */
function sendAndWait(socket: WebSocket): (data: Parameters<WebSocket['send']>[0]) => Promise<void> {
  return (data) => new Promise((resolve) => socket.send(data, () => resolve()));
}
