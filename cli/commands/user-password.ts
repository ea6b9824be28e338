// `tt user password`: sets or removes a password for logins of browsers. It is typed or read from a file, never an argument.
import type { NodeConnection } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { printJson } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { askUnseen, firstLineOf } from './guest-password.ts';
import { wantsJson, withJson } from './json-option.ts';

interface Options {
  passwordFile?: string;
  currentFile?: string;
  remove?: true;
}

export function addUserPasswordCommand(user: Command): void {
  withYes(withJson(user.command('password [name]')))
    .description('set your password for logins of browsers, or that of another user (administrators)')
    .option('--password-file <file>', 'read the new one from the first line of a file; - is standard input')
    .option('--current-file <file>', 'read your current one from the first line of a file')
    .option('--remove', 'have no password any more')
    .action(async (name: string | undefined, options: Options, command: Command) => {
      if (options.remove) await confirmed('Remove the password?', 'user.setPassword', command);
      const password = options.remove ? null : await newPassword(options);
      await withServer(async (connection) => {
        const userName = name ?? (await connection.client.host.me()).name;
        const changed = await setPassword(connection, userName, password, options);
        if (wantsJson(command)) printJson(changed);
        else print(`${changed.name} ${changed.hasPassword ? 'has a new password' : 'has no password'}\n`);
      });
    });
}

async function newPassword({ passwordFile }: Options): Promise<string> {
  if (passwordFile !== undefined) return firstLineOf(passwordFile);
  if (!process.stdin.isTTY) throw new InvalidArgumentError('there is no terminal to ask at: use --password-file.');
  const typed = await askUnseen('New password: ', 'user.setPassword');
  if ((await askUnseen('Again: ', 'user.setPassword')) === typed) return typed;
  throw new InvalidArgumentError('the two are not the same.');
}

/** The current one is only asked for where there is one. */
async function setPassword(
  { client }: NodeConnection,
  name: string,
  password: string | null,
  { currentFile }: Options,
) {
  const given = currentFile === undefined ? {} : { currentPassword: firstLineOf(currentFile) };
  try {
    return await client.user.setPassword({ name, password, ...given });
  } catch (error) {
    const isMissing = error instanceof TtError && error.code === 'PASSWORD_WRONG' && currentFile === undefined;
    if (!isMissing || !process.stdin.isTTY) throw error;
    const currentPassword = await askUnseen('Current password: ', 'user.setPassword');
    return client.user.setPassword({ name, password, currentPassword });
  }
}
