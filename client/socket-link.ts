// A link over one WebSocket that is opened on first use and reopened after a disconnect. It never repeats a call: a
// call that was running when the socket closed rejects with AGENT_GONE, because only its caller knows whether to repeat it.
import type { ClientContext, ClientLink } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { ASKED_BY_HEADER, type RpcHello, rpcReadySchema, socketClose, type TtClient, TtError } from '@tt/protocol';
import { clientOver } from './link.ts';
import { createRequestId } from './request-id.ts';

/** The part of a WebSocket the link needs; the DOM's and the `ws` package's both fit. */
export type SocketLike = Pick<WebSocket, 'addEventListener' | 'removeEventListener' | 'send' | 'readyState' | 'close'>;

export interface SocketLinkOptions {
  /** Opens a new socket to RPC_PATH; may throw (a TtError says why, anything else that the far end can't be reached). */
  open: () => SocketLike;
  /** Address for messages. Never holds a secret. */
  url: string;
  /** Why the far end refused this socket, where that is known (not in a browser); null if it was not reachable. */
  refusalOf?: (socket: SocketLike) => TtError | null;
  /** The first message, whose answer is awaited, where headers cannot be sent; null sends none. */
  hello?: () => RpcHello;
  /** A socket that has not opened after this time counts as unreachable; default 10 000. */
  connectTimeoutMs?: number;
}

export interface SocketLink {
  readonly client: TtClient;
  /** Closes the socket; a later call opens a new one. */
  close(): void;
}

export function openSocketLink(options: SocketLinkOptions): SocketLink {
  let current: { socket: SocketLike; link: Promise<ClientLink<ClientContext>> } | null = null;

  function connect(): Promise<ClientLink<ClientContext>> {
    if (current) return current.link;
    let socket: SocketLike;
    try {
      socket = options.open();
    } catch (cause) {
      const known = cause instanceof TtError ? cause : null;
      return Promise.reject(known ?? new TtError('AGENT_UNREACHABLE', { url: options.url }, { cause }));
    }
    const forget = () => {
      if (current?.socket === socket) current = null;
    };
    const link = opened(socket, options).then(
      () => new RPCLink<ClientContext>({ websocket: patient(socket), headers: ({ context }) => headersOf(context) }),
    );
    link.catch(forget);
    socket.addEventListener('close', forget);
    current = { socket, link };
    return link;
  }

  const client = clientOver({
    call: async (path, input, callOptions) => (await connect()).call(path, input, callOptions),
  });
  return {
    client,
    close() {
      current?.socket.close();
      current = null;
    },
  };
}

const [OPEN, CLOSING] = [1, 2] as const;

/**
 * The socket as oRPC sees it. It throws on a socket that is being closed, also where it only tells of a call that was aborted: nobody
 * catches that, and the process would end. What is said then is dropped; the calls reject when the socket has closed.
 */
function patient(socket: SocketLike): SocketLike {
  return {
    get readyState() {
      return socket.readyState === CLOSING ? OPEN : socket.readyState;
    },
    send: (message) => {
      if (socket.readyState !== CLOSING) socket.send(message);
    },
    addEventListener: socket.addEventListener.bind(socket),
    removeEventListener: socket.removeEventListener.bind(socket),
    close: socket.close.bind(socket),
  };
}

/** `askedBy` in the context of a call: for whom a proxy makes it, signed. */
function headersOf({ askedBy }: ClientContext): Record<string, string> {
  const headers = { 'x-request-id': createRequestId() };
  return askedBy ? { ...headers, [ASKED_BY_HEADER]: String(askedBy) } : headers;
}

function opened(socket: SocketLike, options: SocketLinkOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const why = (event?: Event) => {
      // Sockets of Node say what the system said; browsers keep it to themselves.
      const cause = event && 'error' in event ? event.error : undefined;
      return options.refusalOf?.(socket) ?? new TtError('AGENT_UNREACHABLE', { url: options.url }, { cause });
    };
    const fail = (event?: Event) => {
      const refused = event && 'code' in event && event.code === socketClose.unauthorized;
      settle(() => reject(refused ? new TtError('UNAUTHORIZED', {}) : why(event)));
    };
    const { hello } = options;
    const succeed = () => {
      if (hello) socket.send(JSON.stringify(hello()));
      else settle(resolve);
    };
    const hear = (event: Event) => {
      if (!hello) return;
      if (isReady(event)) settle(resolve);
      else {
        fail();
        socket.close();
      }
    };
    const timer = setTimeout(() => {
      fail();
      socket.close();
    }, options.connectTimeoutMs ?? 10_000);
    function settle(then: () => void): void {
      clearTimeout(timer);
      socket.removeEventListener('open', succeed);
      socket.removeEventListener('message', hear);
      socket.removeEventListener('close', fail);
      socket.removeEventListener('error', fail);
      then();
    }
    socket.addEventListener('open', succeed);
    socket.addEventListener('message', hear);
    socket.addEventListener('close', fail);
    socket.addEventListener('error', fail);
  });
}

function isReady(event: Event): boolean {
  if (!('data' in event) || typeof event.data !== 'string') return false;
  try {
    return rpcReadySchema.safeParse(JSON.parse(event.data)).success;
  } catch {
    return false;
  }
}
