// Everything a window can ask main for: a port to one connection, and what there is to do about connections. All through checked-ipc.ts.
import type { NodeConnection } from '@tt/client/node';
import { streamHelloSchema } from '@tt/protocol';
import { MessageChannelMain, type MessagePortMain } from 'electron';
import { z } from 'zod';
import { connectionIdSchema } from '../session/connection-id.ts';
import type { ConnectionsAnswer } from '../session/connection-state.ts';
import { callsServer, type CallTargets } from './calls-port.ts';
import { channels } from './channels.ts';
import { handleChecked } from './checked-ipc.ts';
import { type PopOut, popOutSchema } from '../windows/pop-out.ts';
import { type ConnectionRequest, connectionRequestSchema } from './connection-requests.ts';

export interface WindowServices {
  /** Where calls for this connection go, as long as there is one. */
  targets(connectionId: string): CallTargets;
  openConsole(link: NodeConnection, ticket: string): MessagePortMain;
  link(connectionId: string): NodeConnection;
  connections(request: ConnectionRequest): Promise<ConnectionsAnswer>;
  /** False: too many are open. */
  popOut(page: PopOut): Promise<boolean>;
}

const portRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('calls'), connection: connectionIdSchema }),
  z.strictObject({
    kind: z.literal('console'),
    connection: connectionIdSchema,
    ticket: streamHelloSchema.shape.ticket,
  }),
]);

export function serveWindows(services: WindowServices): void {
  const openCalls = (connectionId: string) => {
    const { port1, port2 } = new MessageChannelMain();
    callsServer(services.targets(connectionId))(port1);
    return port2;
  };
  handleChecked(channels.requestPort, z.tuple([z.uuid(), portRequestSchema]), async ([id, want], sender) => {
    const port =
      want.kind === 'calls'
        ? openCalls(want.connection)
        : services.openConsole(services.link(want.connection), want.ticket);
    sender.postMessage(channels.port, id, [port]);
  });
  handleChecked(channels.openWindow, z.tuple([popOutSchema]), ([page]) => services.popOut(page));
  handleChecked(channels.connections, z.tuple([connectionRequestSchema]), ([request]) => services.connections(request));
}
