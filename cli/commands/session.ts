// `tt session …`: lists and ends browser sessions.
import type { SessionView } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { printJson, table } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { print } from '../terminal.ts';

export function addSessionsOfBrowsersCommands(program: Command): void {
  const logins = program.command('session').description('browser sessions: list and end them');

  withJson(logins.command('list'))
    .description('list your browser sessions; administrators see all of them')
    .action(async (_options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { sessions } = await client.session.list();
        if (wantsJson(command)) printJson(sessions);
        else print(sessionsTable(sessions));
      });
    });

  withJson(logins.command('end [id...]'))
    .description('end browser sessions immediately, by id, or all of yours')
    .option('--all', 'all of yours')
    .action(async (ids: string[], { all }: { all?: boolean }, command: Command) => {
      if ((all === true) === ids.length > 0) throw new InvalidArgumentError('give the ids of sessions, or --all.');
      await withServer(async ({ client }) => {
        const ended = await client.session.end({ which: all ? 'all' : ids });
        if (wantsJson(command)) printJson(ended);
        else print(`${ended.ended} ended\n`);
      });
    });
}

export function sessionsTable(sessions: readonly SessionView[]): string {
  const rows = sessions.map(({ id, userName, createdAt, lastUsedAt, expiresAt, address, userAgent }) => [
    id,
    userName,
    createdAt,
    lastUsedAt,
    expiresAt,
    address ?? '-',
    userAgent,
  ]);
  return table(['ID', 'USER', 'SINCE', 'LAST USED', 'ENDS', 'FROM', 'BROWSER'], rows);
}
