// `tt lab terminal …`: the terminals of a lab, identified by a secret, an address, or both.
import type { Terminal } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { printJson, table } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { given } from './option-values.ts';
import { print } from '../terminal.ts';

interface TerminalOptions {
  address?: string;
  secretStdin?: boolean;
  profile?: string;
}

export function addTerminalCommands(lab: Command): void {
  const terminal = lab.command('terminal').description('terminals: screens that show a session of the lab');

  withJson(terminal.command('add <lab> <terminal>'))
    .description('add a terminal, or change the one of this name')
    .option('--address <ip>', 'IP address of the terminal; none removes it')
    .option('--secret-stdin', 'read the secret of the terminal from standard input; empty input removes it')
    .option('--profile <name>', 'assigned profile; "choose" lets its user choose')
    .action(async (name: string, terminalName: string, options: TerminalOptions, command: Command) => {
      const secret = options.secretStdin ? await secretFromStdin() : undefined;
      const request = given({
        address: options.address === 'none' ? null : options.address,
        secret,
        profileName: options.profile === 'choose' ? null : options.profile,
      });
      await withServer(async (connection) => {
        const changed = await runOperation(connection, (operationId) =>
          connection.client.lab.setTerminal({ operationId, name, terminalName, ...request }),
        );
        if (wantsJson(command)) return printJson(changed);
        const page = `/#/terminal/${encodeURIComponent(name)}/${encodeURIComponent(terminalName)}`;
        const off = changed.terminalsEnabled
          ? ''
          : `; terminals of ${name} are off: tt lab update ${name} --terminals on`;
        print(`${terminalName} opens ${page} at this server${off}\n`);
      });
    });

  withJson(terminal.command('list <lab>'))
    .description('list the terminals of a lab')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { lab: shown } = await client.lab.show({ name });
        if (wantsJson(command)) printJson({ terminals: shown.terminals });
        else print(terminalTable(shown.terminals));
      });
    });

  withJson(terminal.command('del <lab> <terminal>'))
    .description('delete a terminal; its session continues')
    .action(async (name: string, terminalName: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const changed = await runOperation(connection, (operationId) =>
          connection.client.lab.removeTerminal({ operationId, name, terminalName }),
        );
        if (wantsJson(command)) printJson(changed);
        else print(`${terminalName} is deleted\n`);
      });
    });
}

/** Not a flag: other users of the computer see the flags of a command. */
async function secretFromStdin(): Promise<string | null> {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') return null;
  if (secret.length < 8) throw new InvalidArgumentError('a secret has at least 8 characters.');
  return secret;
}

function terminalTable(terminals: readonly Terminal[]): string {
  const rows = terminals.map(({ name, address, hasSecret, profileName }) => [
    name,
    profileName ?? 'choose',
    // Of other people's labs it is not told.
    address === undefined ? '-' : (address ?? 'any'),
    hasSecret ? 'yes' : 'no',
  ]);
  return table(['TERMINAL', 'PROFILE', 'ADDRESS', 'SECRET'], rows);
}
