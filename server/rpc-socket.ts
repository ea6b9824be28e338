// The RPC WebSocket: the same calls as REST plus the event feed, for the window, the desktop and the proxy. A client that did
// not identify itself in a header (browsers cannot) does so in the first frame, before any call is read.
import type { Duplex } from 'node:stream';
import { StandardRPCHandler } from '@orpc/server/standard';
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer';
import {
  decodeRequestMessage,
  experimental_ServerPeerWithoutCodec as PlainServerPeer,
} from '@orpc/standard-server-peer';
import { type RpcReady, rpcHelloSchema, socketClose } from '@tt/protocol';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { answering } from './answering.ts';
import { askedByIn } from './asked-by.ts';
import type { CallLimits } from './call-limits.ts';
import { type BorderContext, type Endpoint, inScope } from './call-context.ts';
import { encodeAnswer, FeedTexts, type MessageParts } from './feed-texts.ts';
import { FirstFrames, readFrame } from './first-frame.ts';
import { isSomebody } from './identities.ts';
import type { Logins } from './logins.ts';
import { requestIdIn } from './request-id.ts';
import { SeldomLines } from './seldom-lines.ts';
import type { SocketIdentity } from './socket-identity.ts';
import { acceptSockets, type UpgradeHandler } from './upgrade.ts';

const MAX_MESSAGE_BYTES = 1024 * 1024;

/** The context of the endpoint is passed through unread, so its exact type does not matter here. */
export function rpcUpgrade(
  endpoint: Endpoint<BorderContext>,
  logins: Logins,
  limits: CallLimits,
  { ownToken, logger }: { ownToken: string; logger: Logger },
): UpgradeHandler {
  const firstFrames = new FirstFrames();
  const malformed = new SeldomLines();
  const feeds = new FeedTexts();
  const handler = new StandardRPCHandler<BorderContext>(endpoint.router, {
    rootInterceptors: [
      // One socket carries many calls: each has a request id of its own, the client's or one made here.
      (call) => {
        const { context, request } = call;
        logins.used(context, null);
        const scope = { requestId: requestIdIn(request.headers), caller: context.caller };
        const own = { requestId: scope.requestId, askedBy: askedByIn(request.headers, ownToken) };
        const run = () => call.next({ ...call, context: { ...context, ...own } });
        return inScope(endpoint, scope, run);
      },
    ],
    clientInterceptors: [answering(endpoint, limits), (call) => call.next().then((output) => feeds.inTexts(output))],
  });
  return acceptSockets(MAX_MESSAGE_BYTES, (socket, identity, raw) => {
    if (isSomebody(identity.identified.caller)) {
      serve(socket, identity, raw);
      return;
    }
    firstFrames.wait(socket, raw, (text) => {
      const hello = readFrame(rpcHelloSchema, text);
      const admit = () => {
        if (hello && isSomebody(identity.prove(hello.session).caller)) {
          socket.send(JSON.stringify({ ready: true } satisfies RpcReady));
          serve(socket, identity, raw);
        } else {
          endpoint.onRefused?.(identity, 'UNAUTHORIZED');
          socket.close(socketClose.unauthorized, 'UNAUTHORIZED');
        }
      };
      const asked = hello && identity.ask(hello.session);
      if (!asked) admit();
      // That nobody could be asked says nothing about the session: the client tries again.
      else asked.then(admit, () => socket.terminate());
    });
  });

  function serve(socket: WebSocket, identity: SocketIdentity, raw: Duplex): void {
    const { identified, userAgent, address } = identity;
    identity.used();
    const from = { peerAddress: null, fromAddress: address, askedBy: null, userAgent };
    const border = { ...identified, ...from, requestId: 'socket', logins, socket };
    const answer = createServerPeerHandleRequestFn(handler, { context: endpoint.contextFor(border) });
    const send = sendAndWait(socket, raw);
    const peer = new PlainServerPeer(async (message) => send(await encodeAnswer(message)));
    socket.on('message', (data, isBinary) => {
      void take(data, isBinary);
    });
    socket.once('close', () => {
      peer.close();
    });

    /** Never rejects. oRPC's own WebSocket handler would write every frame it can't read to standard error, with its stack. */
    async function take(data: RawData, isBinary: boolean): Promise<void> {
      const text = isBinary || !Buffer.isBuffer(data) ? null : data.toString();
      const request = text === null ? null : await decodeRequestMessage(text).catch(() => null);
      if (request === null) {
        const caller = identified.caller.name ?? 'nobody';
        malformed.say(caller, (leftOut) => logger.warn({ caller, leftOut }, 'dropped a malformed RPC frame'));
        return;
      }
      try {
        await peer.message(request, answer);
      } catch (error) {
        logger.error({ err: error }, 'the answer to a call could not be sent');
      }
    }
  }
}

/**
 * Waits until the message has left: a client that does not read makes its feed wait, not this process grow. oRPC awaits
 * what `send` gives back (its server peer). A message that can't leave any more is no failure of its call: the socket is gone, and its close event ends all that runs on it.
 */
function sendAndWait(socket: WebSocket, raw: Duplex): (parts: MessageParts) => Promise<void> {
  return (parts) =>
    new Promise((resolve) => {
      const last = parts.length - 1;
      // Frames of one message (RFC 6455, 5.4), sent in one turn, so that no other message comes between them; and in one write
      // to the kernel, which for most events is all that their sending costs.
      raw.cork();
      for (const [index, part] of parts.entries()) {
        const options = { fin: index === last, binary: last === 0 && typeof part !== 'string' };
        socket.send(part as Parameters<WebSocket['send']>[0], options, index === last ? () => resolve() : undefined);
      }
      raw.uncork();
    });
}
