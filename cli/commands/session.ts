// `tt session …`: the browsers that are let in, and how to end that.
import { type Command, InvalidArgumentError } from 'commander';
import { printJson, table } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addSessionsOfBrowsersCommands(program: Command): void {
  const logins = program.command('session').description('sessions of browsers: who is let in, and ending that');

  withJson(logins.command('list'))
    .description('list your sessions of browsers; an administrator sees everybody’s')
    .action(async (_options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { sessions } = await client.session.list();
        if (wantsJson(command)) {
          printJson(sessions);
          return;
        }
        const rows = sessions.map(({ id, userName, createdAt, lastUsedAt, expiresAt, address, userAgent }) => [
          id,
          userName,
          createdAt,
          lastUsedAt,
          expiresAt,
          address ?? '-',
          userAgent,
        ]);
        process.stdout.write(table(['ID', 'USER', 'SINCE', 'LAST USED', 'ENDS', 'FROM', 'BROWSER'], rows));
      });
    });

  withJson(logins.command('end [id...]'))
    .description('end sessions of browsers at once, by id, or all of yours')
    .option('--all', 'all of yours')
    .action(async (ids: string[], { all }: { all?: boolean }, command: Command) => {
      if ((all === true) === ids.length > 0) throw new InvalidArgumentError('Give the ids of sessions, or --all.');
      await withServer(async ({ client }) => {
        const ended = await client.session.end({ which: all ? 'all' : ids });
        if (wantsJson(command)) printJson(ended);
        else process.stdout.write(`${ended.ended} ended\n`);
      });
    });
}
