// `tt env ...`: the ENVs of the server. Reading, start, stop and del are here; creating and changing are in files of their own.
import type { NodeConnection } from '@tt/client/node';
import { isValidName, TtError } from '@tt/protocol';
import { wholeEnv } from '@tt/client';
import type { Command } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { forEachName } from '../each-name.ts';
import { inOneLine, printJson } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { readServer, withServer } from '../server-choice.ts';
import { addEnvChangers } from './env-change.ts';
import { addInstall, addSshKey } from './env-install.ts';
import { addEnvExport } from './env-export.ts';
import { addEnvMakers } from './env-make.ts';
import { envTable, printDetailText } from './env-text.ts';
import { addEnvCloneCommand } from './fork.ts';
import { wantsJson, withJson } from './json-option.ts';
import { wholeNumber } from './option-values.ts';
import { print, printError } from '../terminal.ts';

export function addEnvCommands(program: Command): void {
  const env = program.command('env').description('ENVs: groups of VMs with a lifetime');
  addEnvMakers(env);
  addInstall(env);
  addSshKey(env);
  addReaders(env);
  addEnvChangers(env);
  addEnvExport(env);
  addLife(env);
  addEnvCloneCommand(env);
}

function addReaders(env: Command): void {
  withJson(env.command('list').alias('listall'))
    .description('list the ENVs')
    .action(async (_options: unknown, command: Command) => {
      const { envs } = (await readServer('env.list')).answer;
      if (wantsJson(command)) printJson({ envs });
      else print(envTable(envs));
    });

  withJson(env.command('show <name...>'))
    .description('show ENVs with their VMs, ports and snapshots')
    .action(async (names: string[], _options: unknown, command: Command) => {
      await withServer(({ client }) =>
        forEachName(names, (name) => wholeEnv(client, name), { json: wantsJson(command), show: printDetailText }),
      );
    });
}

interface DeleteOptions {
  strict?: true;
}

function addLife(env: Command): void {
  withJson(env.command('start <name...>'))
    .description('start the stopped VMs of ENVs')
    .action(async (names: string[], _options: unknown, command: Command) => {
      await withServer((connection) =>
        forEachName(
          names,
          (name) => runOperation(connection, (operationId) => connection.client.env.start({ name, operationId })),
          { json: wantsJson(command), show: printDetailText },
        ),
      );
    });

  withJson(env.command('stop <name...>'))
    .description('stop the VMs of ENVs: frees CPU and memory, keeps disks and ports')
    .option('--grace <s>', 'seconds for a guest to power off before it is forced off', wholeNumber(0, 300), 10)
    .action(async (names: string[], { grace: graceS }: { grace: number }, command: Command) => {
      await withServer((connection) =>
        forEachName(
          names,
          (name) =>
            runOperation(connection, (operationId) => connection.client.env.stop({ name, operationId, graceS })),
          { json: wantsJson(command), show: printDetailText },
        ),
      );
    });

  withYes(withJson(env.command('del <name...>')))
    .description('delete ENVs with their VMs and snapshots; one that does not exist is no failure')
    .option('--strict', 'fail for an ENV that does not exist')
    .action(async (names: string[], options: DeleteOptions, command: Command) => {
      await confirmed(`Delete ${names.join(', ')} with all VMs and snapshots?`, 'env.delete', command);
      const absent = new Set<string>();
      await withServer((connection) =>
        forEachName(names, (name) => deleteEnv(connection, name, options.strict ? null : absent), {
          json: wantsJson(command),
          show: (_gone, name) => {
            if (!absent.has(name)) print(`${name} is deleted\n`);
          },
        }),
      );
    });
}

/** Where nothing was there, a note says what may have been meant, and the name is added to `absent`; null: that is a failure. */
async function deleteEnv(connection: NodeConnection, name: string, absent: Set<string> | null) {
  try {
    return await runOperation(connection, (operationId) => connection.client.env.delete({ name, operationId }));
  } catch (error) {
    // A name that nothing can have is a slip, not an ENV that is gone.
    if (absent === null || !(error instanceof TtError && error.code === 'ENV_NOT_FOUND') || !isValidName(name))
      throw error;
    printAbsent(error as TtError<'ENV_NOT_FOUND'>);
    absent.add(name);
    return { name };
  }
}

function printAbsent({ message, data: { suggestions } }: TtError<'ENV_NOT_FOUND'>): void {
  const near = suggestions.length > 0 ? ` Did you mean: ${suggestions.join(', ')}?` : '';
  printError(`${inOneLine(`${message}${near}`)}\n`);
}
