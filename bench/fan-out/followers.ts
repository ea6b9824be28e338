// Clients that follow the feed and only look at what arrives: plain WebSockets that repeat the frame an oRPC client once
// sent to follow. Fifty real clients in one process would be measured themselves, since each parses all it gets.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { openSocketLink } from '../../client/index.ts';
import { type PrivateAgent, socketUrl } from '../../client/node/index.ts';
import { RPC_PATH } from '../../protocol/index.ts';
import { withLimit } from '../with-limit.ts';

const LIMIT_MS = 60_000;

export interface Listener {
  socket: WebSocket;
  /** Told of each frame. */
  onFrame: (bytes: Buffer) => void;
}

export async function openListeners(
  resources: AsyncDisposableStack,
  count: number,
  open: () => WebSocket,
): Promise<Listener[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = open();
      resources.defer(() => socket.terminate());
      const listener: Listener = { socket, onFrame: () => {} };
      socket.on('message', (data) => listener.onFrame(data as Buffer));
      await once(socket, 'open');
      return listener;
    }),
  );
}

export function rpcSocket({ url, token }: PrivateAgent): WebSocket {
  const headers = { authorization: `Bearer ${token}` };
  return new WebSocket(socketUrl(url, RPC_PATH), { headers, perMessageDeflate: false });
}

/** What a client sends to follow: the first frame of a link that does nothing else. */
export async function followFrame(agent: PrivateAgent): Promise<string | Uint8Array> {
  const socket = rpcSocket(agent);
  const sent = Promise.withResolvers<string | Uint8Array>();
  const send = socket.send.bind(socket) as (data: string | Uint8Array) => void;
  socket.send = (data: Parameters<WebSocket['send']>[0]) => {
    sent.resolve(data as string | Uint8Array);
    send(data as string | Uint8Array);
  };
  const link = openSocketLink({ url: agent.url, open: () => socket as unknown as globalThis.WebSocket });
  const feed = await link.client.event.follow({});
  await feed.next();
  socket.terminate();
  return sent.promise;
}

/**
 * Milliseconds from `trigger` until each listener has had `count` frames that `counts`; and the bytes of them, or of those that
 * `belong` to them, that one listener got.
 */
export async function untilAllHeard(
  listeners: readonly Listener[],
  counts: (frame: Buffer) => boolean,
  trigger: () => void,
  count = 1,
  belong: (frame: Buffer) => boolean = counts,
): Promise<{ ms: number; bytes: number }> {
  let bytes = 0;
  const heard = listeners.map((listener, index) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let left = count;
    listener.onFrame = (frame) => {
      if (index === 0 && belong(frame)) bytes += frame.length;
      if (counts(frame) && --left === 0) resolve();
    };
    return promise;
  });
  const begun = performance.now();
  trigger();
  await withLimit('all listeners to hear it', LIMIT_MS, Promise.all(heard));
  return { ms: performance.now() - begun, bytes };
}
