// `tt console` and `tt vnc`: the serial console of a VM in this terminal, and its screen for a VNC viewer of this computer.
import { openStreamOverWebSocket } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { type Command, InvalidArgumentError } from 'commander';
import { DEFAULT_ESCAPE, type EscapeKey, escapeKeyFrom } from '../escape-key.ts';
import { exitCodes } from '../exit-codes.ts';
import { inOneLine } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { printError } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { wholeNumber } from './option-values.ts';
import { vmIdFor } from './vm-names.ts';

const DEFAULT_VIEWER = 'vncviewer';
/** A screen, a second one, a viewer that reconnects; nobody needs more. */
const MOST_VIEWERS = 4;

interface VncOptions {
  port?: number;
  viewer?: string | true;
}

export function addConsoleCommands(program: Command): void {
  program
    .command('console <vm>')
    .description('use the serial console of a VM in this terminal')
    .option('--escape <key>', 'the key that leaves the console: ^] or ^a (default: ^])', escapeKeyFrom)
    .action(async (name: string, { escape: escapeKey = DEFAULT_ESCAPE }: { escape?: EscapeKey }) => {
      await withServer((connection) => useSerial(connection, name, escapeKey));
    });

  withJson(program.command('vnc <vm>'))
    .description('make the screen of a VM reachable for a VNC viewer, until Ctrl-C')
    .option('--port <port>', 'port of this computer, at 127.0.0.1; default: any free one', wholeNumber(1, 65_535))
    .option('--viewer [program]', `start this viewer and end with it (default: ${DEFAULT_VIEWER})`)
    .action(async (name: string, options: VncOptions, command: Command) => {
      if (options.viewer === '') throw new InvalidArgumentError('give a program with --viewer, or nothing behind it.');
      await withServer((connection) => serveScreen(connection, name, options, wantsJson(command)));
    });
}

async function useSerial(connection: NodeConnection, name: string, escapeKey: EscapeKey): Promise<void> {
  const { visitSerial } = await import('../serial-session.ts');
  const vmId = await vmIdFor(connection, name);
  const { ticket } = await connection.client.console.open({ vmId, kind: 'serial' });
  const socket = connection.openStreamSocket();
  const channel = openStreamOverWebSocket(socket as unknown as WebSocket, ticket);
  if (process.stdin.isTTY) printError(`Connected to ${inOneLine(name)}. ${escapeKey.text} leaves the console.\n`);
  const end = await visitSerial({ channel, socket, input: process.stdin, output: process.stdout, escapeKey });
  if (process.stdin.isTTY) printError('\n');
  if (end === 'vmEnded') printError(`${inOneLine(name)} is no longer running.\n`);
}

async function serveScreen(
  connection: NodeConnection,
  name: string,
  { port = 0, viewer }: VncOptions,
  json: boolean,
): Promise<void> {
  const { servePort } = await import('../local-ports.ts');
  const vmId = await vmIdFor(connection, name);
  await servePort({
    connection,
    ticketOf: () => connection.client.console.open({ vmId, kind: 'vnc' }),
    port,
    most: MOST_VIEWERS,
    said: inOneLine(name),
    json,
    ...(viewer !== undefined && {
      during: (opened: number, signal: AbortSignal) => view(viewer === true ? DEFAULT_VIEWER : viewer, opened, signal),
    }),
  });
}

async function view(program: string, port: number, signal: AbortSignal): Promise<void> {
  const { runProgram } = await import('../start-program.ts');
  const exitCode = await runProgram(program, [`127.0.0.1::${port}`], signal);
  if (exitCode !== 0 && !signal.aborted) process.exitCode = exitCodes.failed;
}
