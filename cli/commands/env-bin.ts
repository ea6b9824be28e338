// `tt env bin|restore|purge`: ENVs that were deleted and are kept for a while.
import type { Env } from '@tt/protocol';
import type { Command } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { forEachName } from '../each-name.ts';
import { duration, printJson, table } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { printDetailText } from './env-text.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addEnvBin(env: Command): void {
  withJson(env.command('bin'))
    .description('list the ENVs in the bin: deleted, and kept for a while')
    .action(async (_options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { envs } = await client.env.listDeleted();
        if (wantsJson(command)) printJson({ envs });
        else print(binTable(envs));
      });
    });

  withJson(env.command('restore <name...>'))
    .description('take ENVs out of the bin, with their VMs stopped')
    .action(async (names: string[], _options: unknown, command: Command) => {
      await withServer((connection) =>
        forEachName(
          names,
          (name) => runOperation(connection, (operationId) => connection.client.env.restore({ name, operationId })),
          { json: wantsJson(command), show: printDetailText },
        ),
      );
    });

  withYes(withJson(env.command('purge <name...>')))
    .description('delete ENVs of the bin for ever, with their VMs and snapshots')
    .action(async (names: string[], _options: unknown, command: Command) => {
      await confirmed(`Delete ${names.join(', ')} for ever, with all VMs and snapshots?`, 'env.purge', command);
      await withServer((connection) =>
        forEachName(
          names,
          (name) => runOperation(connection, (operationId) => connection.client.env.purge({ name, operationId })),
          { json: wantsJson(command), show: (_gone, name) => print(`${name} is deleted for ever\n`) },
        ),
      );
    });
}

function binTable(envs: readonly Env[]): string {
  const rows = envs.map(({ name, vmIds, bin, owner, title }) => [
    name,
    String(vmIds.length),
    bin ? duration(Date.parse(bin.keptUntil) - Date.now()) : '',
    owner,
    title,
  ]);
  return table(['NAME', 'VMS', 'KEPT FOR', 'OWNER', 'TITLE'], rows);
}
