// A console of a window: opens the agent's stream with the window's ticket and pipes it into a port of its own.
import { openStreamOverWebSocket } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { MessageChannelMain, type MessagePortMain } from 'electron';
import { pipeConsole } from './console-pipe.ts';

/** The port for the window; it carries the stream until either end closes. */
export function consolePort(connection: NodeConnection, ticket: string): MessagePortMain {
  const { port1, port2 } = new MessageChannelMain();
  const socket = connection.openStreamSocket();
  // `ws` sockets follow the DOM interface for everything a stream uses, and can be paused besides.
  pipeConsole(port1, openStreamOverWebSocket(socket as unknown as WebSocket, ticket), socket);
  return port2;
}
