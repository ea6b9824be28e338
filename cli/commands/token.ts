// `tt token …`: the tokens of devices. Everybody manages their own, administrators those of all.
import type { TokenView } from '@tt/protocol';
import type { Command } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { printJson, table } from '../output.ts';
import { readServer, withServer } from '../server-choice.ts';
import { print, printError } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { given, secondsFrom } from './option-values.ts';

interface CreateOptions {
  user?: string;
  lifeTime?: number;
}

export function addTokenCommands(program: Command): void {
  const token = program.command('token').description('tokens of devices: list, create and revoke them');

  withJson(token.command('list'))
    .description('list your tokens; administrators see all of them')
    .action(async (_options: unknown, command: Command) => {
      const { tokens } = (await readServer('token.list')).answer;
      if (wantsJson(command)) printJson({ tokens });
      else print(tokensTable(tokens));
    });

  withJson(token.command('add <name>'))
    .description('create a token and print it, only this once; the name says for which device')
    .option('--user <name>', 'whose token it is; administrators only')
    .option('--life-time <time>', 'how long it is valid, such as 30d (default: until it is revoked)', secondsFrom)
    .action(async (name: string, { user: userName, lifeTime: lifetimeS }: CreateOptions, command: Command) => {
      await withServer(async ({ client }) => {
        const made = await client.token.create({ name, ...given({ userName, lifetimeS }) });
        if (wantsJson(command)) return printJson(made);
        // Alone on standard output, for scripts.
        print(`${made.secret}\n`);
        printError(`This is the only time it is shown. It belongs to ${made.token.userName}.\n`);
      });
    });

  withYes(withJson(token.command('revoke <id...>')))
    .description('revoke tokens at once: their connections and consoles are closed')
    .action(async (ids: string[], _options: unknown, command: Command) => {
      await confirmed(`Revoke ${ids.join(', ')}?`, 'token.revoke', command);
      await withServer(async ({ client }) => {
        for (const tokenId of ids) {
          await client.token.revoke({ tokenId });
          if (!wantsJson(command)) print(`${tokenId} is revoked\n`);
        }
        if (wantsJson(command)) printJson({ revoked: ids });
      });
    });
}

export function tokensTable(tokens: readonly TokenView[]): string {
  const rows = tokens.map(({ id, userName, name, createdAt, endsAt, lastUsedAt, lastUsedFrom, isThis }) => [
    id,
    userName,
    isThis ? `${name} (this one)` : name,
    createdAt,
    endsAt ?? '-',
    lastUsedAt ?? 'never',
    lastUsedFrom ?? '-',
  ]);
  return table(['ID', 'USER', 'DEVICE', 'SINCE', 'ENDS', 'LAST USED', 'FROM'], rows);
}
