// `tt transfer list|show|del`: files on their way to or from the server, e.g. of an upload that was broken off.
import type { Transfer } from '@tt/protocol';
import type { Command } from 'commander';
import { duration, printJson, size, table } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addTransferCommands(program: Command): void {
  const transfer = program.command('transfer').description('transfers: files on their way to or from the server');

  withJson(transfer.command('list'))
    .description('list your transfers; administrators see those of all users')
    .action(async (_options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { transfers } = await client.transfer.list();
        if (wantsJson(command)) printJson({ transfers });
        else print(transferTable(transfers));
      });
    });

  withJson(transfer.command('show <id>'))
    .description('show the progress of a transfer')
    .action(async (transferId: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const found = await client.transfer.status({ transferId });
        if (wantsJson(command)) printJson(found);
        else print(transferTable([found]));
      });
    });

  withJson(transfer.command('del <id>'))
    .description('delete a transfer with all its bytes')
    .action(async (transferId: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const gone = await client.transfer.drop({ transferId });
        if (wantsJson(command)) printJson(gone);
        else print(`${transferId} is deleted\n`);
      });
    });
}

function transferTable(transfers: readonly Transfer[]): string {
  const rows = transfers.map((transfer) => [
    transfer.id,
    transfer.direction,
    transfer.state,
    `${size(transfer.doneBytes)} of ${transfer.sizeBytes === 0 ? '?' : size(transfer.sizeBytes)}`,
    transfer.owner,
    duration(Date.parse(transfer.expiresAt) - Date.now()),
    transfer.fileName,
  ]);
  return table(['ID', 'DIRECTION', 'STATE', 'DONE', 'OWNER', 'EXPIRES IN', 'FILE'], rows);
}
