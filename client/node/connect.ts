// The link from Node (desktop main, CLI, proxy, tests) to an agent or proxy: WebSockets with the token in a header.
import { text } from 'node:stream/consumers';
import { RPC_PATH, STREAM_PATH, type TtClient, TtError } from '@tt/protocol';
import { WebSocket as NodeWebSocket } from 'ws';
import type { ByteChannel } from '../byte-channel.ts';
import { toTtError } from '../errors.ts';
import { openSocketLink } from '../socket-link.ts';
import { openStreamOverWebSocket } from '../stream.ts';
import type { TransferLink } from '../transfer-link.ts';
import { putBytes, putRest, type SentBytes } from './put-bytes.ts';
import { connectionTo, type ServerAddress } from './server-connection.ts';
import { httpBase } from './unix-address.ts';

export type ConnectOptions = ServerAddress;

export interface NodeConnection {
  readonly client: TtClient;
  /** Opens a byte stream with a ticket from `client.console.open` or `client.transfer.open`. */
  openStream(ticket: string): ByteChannel;
  /** Sends bytes of an upload as the body of a request; resolves with the JSON that was answered, null if it is none. Rejects with AGENT_GONE. */
  putBytes(sent: SentBytes): Promise<unknown>;
  putRest: NonNullable<TransferLink['putRest']>;
  /** The raw socket of a stream, for those who need to pause it (Electron main). The ticket is not yet sent. */
  openStreamSocket(): NodeWebSocket;
  /** Reads nothing more until `resume`, so that the far end waits: for those who pass a feed on to somebody slower. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** `onLost`: called each time the connection for calls was open and has closed, whoever closed it; the next call opens another. */
export function connectNode(options: ConnectOptions, onLost: () => void = () => {}): NodeConnection {
  const createConnection = connectionTo(options);
  const socketTo = (path: string) =>
    new NodeWebSocket(socketUrl(options.url, path), {
      headers: { authorization: `Bearer ${options.token}` },
      perMessageDeflate: false,
      ...(createConnection && { createConnection }),
    });
  const refusals = new WeakMap<object, TtError>();
  let calls: NodeWebSocket | null = null;
  const link = openSocketLink({
    url: options.url,
    // `ws` sockets follow the DOM interface for everything the link and the stream use.
    open: () => {
      calls = withRefusal(socketTo(RPC_PATH), refusals);
      const opened = calls;
      opened.once('open', () => opened.once('close', onLost));
      return calls as unknown as WebSocket;
    },
    refusalOf: (socket) => refusals.get(socket) ?? null,
  });
  return {
    client: link.client,
    openStream: (ticket) => openStreamOverWebSocket(socketTo(STREAM_PATH) as unknown as WebSocket, ticket),
    putBytes: (sent) => putBytes(options, sent),
    putRest: (rest) => putRest(options, rest),
    openStreamSocket: () => socketTo(STREAM_PATH),
    pause: () => calls?.pause(),
    resume: () => calls?.resume(),
    close: () => link.close(),
  };
}

/** Reads the coded error in a refused handshake (e.g. a bad token), so that it is not mistaken for a dead agent. */
function withRefusal(socket: NodeWebSocket, refusals: WeakMap<object, TtError>): NodeWebSocket {
  socket.on('error', (error) => {
    if (error instanceof TtError) refusals.set(socket, error);
  });
  socket.on('unexpected-response', (_request, response) => {
    text(response)
      .then((body) => {
        const refusal = toTtError(JSON.parse(body), () => new TtError('AGENT_UNREACHABLE', { url: socket.url }));
        refusals.set(socket, refusal);
      })
      // Not one of our errors: something else listens there.
      .catch(() => {})
      .finally(() => socket.terminate());
  });
  return socket;
}

/** `http` becomes `ws`, `https` becomes `wss`; a path in the base is kept. */
export function socketUrl(base: string, path: string): string {
  const url = new URL(httpBase(base));
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.pathname = url.pathname.replace(/\/$/, '') + path;
  return url.href;
}
