// `tt user link` and `tt user unlink`: whom the OpenID provider of the server lets in as a user.
import type { Command } from 'commander';
import { printJson } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addUserLinkCommands(user: Command): void {
  withJson(user.command('link <name> <subject>'))
    .description('let in, as this user, whom the OpenID provider of the server knows as this subject (its claim "sub")')
    .action((name: string, subject: string, _options: unknown, command: Command) => link(name, subject, command));

  withJson(user.command('unlink <name>'))
    .description('let in nobody of the OpenID provider as this user any more; tokens and browser sessions stay good')
    .action((name: string, _options: unknown, command: Command) => link(name, null, command));
}

async function link(name: string, subject: string | null, command: Command): Promise<void> {
  await withServer(async ({ client }) => {
    const changed = await client.user.linkOidc({ name, subject });
    if (wantsJson(command)) printJson(changed);
    else print(subject === null ? `${name} is linked to nobody\n` : `${name} is linked to ${subject}\n`);
  });
}
