// `tt lab …`: labs, with their sessions, administrative sessions and terminals (lab-sessions.ts, lab-terminals.ts).
import type { Lab, LabSession } from '@tt/protocol';
import type { Command } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { printJson, table } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { readServer, withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { addAdminCommands, addSessionCommands } from './lab-sessions.ts';
import { addTerminalCommands } from './lab-terminals.ts';
import { sessionTable } from './lab-text.ts';
import { collectedLists } from '../repeated-options.ts';
import { lifetimeFrom } from './contract-values.ts';
import { given, listOf, onOrOff, wholeNumber } from './option-values.ts';
import { print } from '../terminal.ts';

interface LabOptions {
  title?: string;
  notes?: string;
  profiles?: string[];
  seats?: number;
  lifetime?: number;
  terminals?: boolean;
  terminalsStart?: boolean;
}

export function addLabCommands(program: Command): void {
  const lab = program.command('lab').description('labs: their profiles, sessions and terminals');

  withJson(lab.command('list'))
    .description('list the labs')
    .action(async (_options: unknown, command: Command) => {
      const { labs } = (await readServer('lab.list')).answer;
      if (wantsJson(command)) return printJson({ labs });
      const rows = labs.map(({ name, profileNames, seats, terminals, terminalsEnabled, owner, title }) => [
        name,
        profileNames.join(',') || '-',
        String(seats),
        terminalsEnabled ? String(terminals.length) : 'off',
        owner,
        title,
      ]);
      print(table(['NAME', 'PROFILES', 'SEATS', 'TERMINALS', 'OWNER', 'TITLE'], rows));
    });

  withJson(lab.command('show <lab>'))
    .description('show a lab with its sessions')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const shown = await client.lab.show({ name });
        if (wantsJson(command)) printJson(shown);
        else print(labText(shown.lab, shown.sessions));
      });
    });

  withFields(withJson(lab.command('add <lab>')))
    .description('create a lab')
    .action(async (name: string, options: LabOptions, command: Command) => {
      await withServer(async (connection) => {
        const made = await runOperation(connection, (operationId) =>
          connection.client.lab.create({ operationId, name, ...fieldsFrom(options) }),
        );
        say(command, made, `${name} was created with ${made.seats} seats`);
      });
    });

  withFields(withJson(lab.command('update <lab>')))
    .description('change a lab; running sessions are not affected')
    .action(async (name: string, options: LabOptions, command: Command) => {
      await withServer(async (connection) => {
        const changed = await runOperation(connection, (operationId) =>
          connection.client.lab.update({ operationId, name, ...fieldsFrom(options) }),
        );
        say(command, changed, `${name} is changed`);
      });
    });

  withYes(withJson(lab.command('del <lab>')))
    .description('delete a lab without sessions')
    .action(async (name: string, _options: unknown, command: Command) => {
      await confirmed(`Delete the lab ${name}?`, 'lab.delete', command);
      await withServer(async (connection) => {
        const gone = await runOperation(connection, (operationId) =>
          connection.client.lab.delete({ operationId, name }),
        );
        if (wantsJson(command)) printJson(gone);
        else print(`${name} is deleted\n`);
      });
    });

  addSessionCommands(lab);
  addAdminCommands(lab);
  addTerminalCommands(lab);
}

function withFields(command: Command): Command {
  return command
    .option('--title <text>', 'title, shown instead of the name')
    .option('--notes <text>', 'notes, free text')
    .option(
      '--profiles <names>',
      'profiles it can use, comma separated',
      collectedLists((text) => listOf(text)),
    )
    .option('--seats <n>', 'maximum number of sessions at the same time', wholeNumber(1, 2000))
    .option('--lifetime <time>', 'lifetime of its sessions, e.g. 90m or 2h', lifetimeFrom)
    .option('--terminals <on|off>', 'enable or disable its terminals', onOrOff)
    .option('--terminals-start <on|off>', 'let a terminal without a session start one', onOrOff);
}

function fieldsFrom({ title, notes, profiles, seats, lifetime, terminals, terminalsStart }: LabOptions) {
  return given({
    title,
    notes,
    profileNames: profiles,
    seats,
    sessionLifetimeS: lifetime,
    terminalsEnabled: terminals,
    terminalsStartSessions: terminalsStart,
  });
}

function labText(lab: Lab, sessions: readonly LabSession[]): string {
  const terminals = lab.terminalsEnabled
    ? `${lab.terminals.length}${lab.terminalsStartSessions ? ', which can start sessions' : ''}`
    : 'off';
  const lines = [
    `${lab.name}${lab.title === '' ? '' : `: ${lab.title}`}`,
    `profiles   ${lab.profileNames.join(', ') || '-'}`,
    `seats      ${sessions.length} of ${lab.seats} taken`,
    `terminals  ${terminals}`,
    `owner      ${lab.owner}`,
    ...(!lab.notes ? [] : [`notes      ${lab.notes}`]),
  ];
  return `${lines.join('\n')}\n${sessions.length === 0 ? '' : `\n${sessionTable(sessions)}`}`;
}

function say(command: Command, lab: Lab, text: string): void {
  if (wantsJson(command)) printJson(lab);
  else print(`${text}\n`);
}
