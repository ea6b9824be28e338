// WebSocket upgrades: the handler interface, and how to refuse one with a coded error instead of a closed socket.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TtError } from '@tt/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import { errorBody } from './http-errors.ts';
import type { SocketIdentity } from './socket-identity.ts';
import type { Page } from './tls/authority-page.ts';

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer, identity: SocketIdentity) => void;

/** Clients that miss this many pings count as dead. */
const PING_MS = 20_000;

/** Creates a handler that completes the handshake and monitors the peer. `maxPayload` in bytes. */
export function acceptSockets(
  maxPayload: number,
  onSocket: (socket: WebSocket, identity: SocketIdentity, raw: Duplex) => void,
): UpgradeHandler {
  const server = new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false });
  return (request, socket, head, identity) => {
    server.handleUpgrade(request, socket, head, (webSocket) => {
      dropWhenDead(webSocket);
      onSocket(webSocket, identity, socket);
    });
  };
}

/** Answers the handshake with HTTP and the error as JSON, then closes. */
export function refuseUpgrade(socket: Duplex, error: TtError): void {
  endWith(socket, error, { 'content-type': 'application/json' }, JSON.stringify(errorBody(error)));
}

/** The same for people with a browser. */
export function refuseByPage(socket: Duplex, error: TtError, { headers, html }: Page): void {
  endWith(socket, error, headers, html);
}

function endWith(socket: Duplex, { status, code }: TtError, headers: Page['headers'], body: string): void {
  const all = Object.entries({ connection: 'close', ...headers, 'content-length': String(Buffer.byteLength(body)) });
  socket.on('error', () => {});
  socket.end(
    `HTTP/1.1 ${status} ${code}\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  );
}

function dropWhenDead(socket: WebSocket): void {
  let answered = true;
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, PING_MS);
  socket.on('pong', () => {
    answered = true;
  });
  socket.on('close', () => clearInterval(timer));
  // The close event follows; without a listener an error would end the process.
  socket.on('error', () => {});
}
