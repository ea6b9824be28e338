// Everything a window can ask main for: a port, and the choice of the connection. All through checked-ipc.ts.
import { streamHelloSchema } from '@tt/protocol';
import { MessageChannelMain, type MessagePortMain } from 'electron';
import { z } from 'zod';
import type { ConnectionState } from '../session/connection-state.ts';
import { callsServer, type CallTargets } from './calls-port.ts';
import { channels } from './channels.ts';
import { handleChecked } from './checked-ipc.ts';

export interface WindowServices extends CallTargets {
  openConsole(ticket: string): MessagePortMain;
  current(): ConnectionState;
  useThisComputer(): Promise<ConnectionState>;
  useServer(address: string, token: string, fingerprint: string | null): Promise<ConnectionState>;
}

const portRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('calls') }),
  z.strictObject({ kind: z.literal('console'), ticket: streamHelloSchema.shape.ticket }),
]);

export function serveWindows(services: WindowServices): void {
  const serveCalls = callsServer(services);
  const openCalls = () => {
    const { port1, port2 } = new MessageChannelMain();
    serveCalls(port1);
    return port2;
  };
  handleChecked(channels.requestPort, z.tuple([z.uuid(), portRequestSchema]), async ([id, want], sender) => {
    const port = want.kind === 'calls' ? openCalls() : services.openConsole(want.ticket);
    sender.postMessage(channels.port, id, [port]);
  });
  handleChecked(channels.current, z.tuple([]), async () => services.current());
  handleChecked(channels.useThisComputer, z.tuple([]), () => services.useThisComputer());
  const server = z.tuple([z.string().max(2048), z.string().max(4096), z.string().max(256).nullable()]);
  handleChecked(channels.useServer, server, ([address, token, fingerprint]) =>
    services.useServer(address, token, fingerprint),
  );
}
