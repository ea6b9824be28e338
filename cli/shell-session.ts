// A shell in a guest on this terminal, from its ticket to its end: the guest is told when the terminal has another size, and `tt` ends
// with the code of the shell.
import { constants } from 'node:os';
import { openStreamOverWebSocket, shellOver, toTtError } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { type ShellEnd, type TerminalSize, terminalSizeSchema, TtError } from '@tt/protocol';
import type { EscapeKey } from './escape-key.ts';
import { exitCodes } from './exit-codes.ts';
import { inOneLine } from './output.ts';
import { visitSerial } from './serial-session.ts';
import { printError } from './terminal.ts';

/** What `console.openShell` takes beside the VM and the size. */
export interface ShellWanted {
  user?: string;
  command?: string[];
  cwd?: string;
  environment?: Record<string, string>;
}

export interface ShellPlace {
  vmId: string;
  vmName: string;
  escapeKey: EscapeKey;
}

/** What terminals have that do not say. */
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };
/** As shells tell that a signal ended a command. */
const SIGNAL_BASE = 128;
const OPEN = 1;

/** Throws SHELL_NO_TERMINAL. To be asked before anything is done. */
export function mustHaveTerminal(): void {
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new TtError('SHELL_NO_TERMINAL', {});
}

/** Gives the exit code for `tt`. Rejects with the errors of `console.openShell`, SHELL_REFUSED, SHELL_ENDED and AGENT_GONE. */
export async function useShell(connection: NodeConnection, place: ShellPlace, wanted: ShellWanted): Promise<number> {
  const { vmId, vmName, escapeKey } = place;
  const terminalType = terminalTypeOf(process.env['TERM']);
  const size = sizeOf(process.stdout);
  const { ticket } = await connection.client.console.openShell({ vmId, ...size, ...terminalType, ...wanted });
  const socket = connection.openStreamSocket();
  const channel = shellOver(openStreamOverWebSocket(socket as unknown as WebSocket, ticket));
  const resize = () => {
    if (channel.readyState === OPEN) channel.resize(sizeOf(process.stdout));
  };
  printError(`Connected to ${inOneLine(vmName)}. ${escapeKey.text} leaves the shell and ends it.\n`);
  process.stdout.on('resize', resize);
  try {
    const call = 'console.openShell';
    const terminal = { input: process.stdin, output: process.stdout };
    // The size may have changed since the call.
    const how = await visitSerial({ channel, socket, ...terminal, escapeKey, call, onOpen: resize });
    if (how === 'left') {
      printError('\n');
      return exitCodes.interrupted;
    }
  } finally {
    process.stdout.off('resize', resize);
  }
  // Closed as if it were over, and no word of its end.
  if (!channel.end) throw new TtError('AGENT_GONE', { call: 'console.openShell' });
  return exitCodeOf(channel.end);
}

/** Throws what ended it. */
export function exitCodeOf({ exitCode, signal, failure }: ShellEnd): number {
  // Of a server that is newer.
  if (failure) throw toTtError(failure, () => new TtError('INTERNAL', { requestId: failure.code }));
  if (signal !== null) return SIGNAL_BASE + ((constants.signals as Partial<Record<string, number>>)[signal] ?? 0);
  return exitCode ?? exitCodes.failed;
}

export function sizeOf({ columns, rows }: Partial<TerminalSize>): TerminalSize {
  const size = terminalSizeSchema.safeParse({ columns, rows });
  return size.success ? size.data : DEFAULT_SIZE;
}

/** Of a terminal that this computer has no better name for the guest gets the usual one. */
function terminalTypeOf(name: string | undefined): { terminalType?: string } {
  return name !== undefined && /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(name) ? { terminalType: name } : {};
}
