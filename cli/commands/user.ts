// `tt user …`: who may come in to the server, with which role and quota. For administrators.
import { joinLink, namedUrl } from '@tt/client/node';
import type { Quota, Role, User } from '@tt/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { printJson, table } from '../output.ts';
import { readServer, withServer } from '../server-choice.ts';
import { print, printError } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { addUserLinkCommands } from './user-link.ts';
import { given, onOrOff } from './option-values.ts';
import { limitsFrom, type QuotaOptions, quotaText, withQuota } from './quota-options.ts';
import { addUserPasswordCommand } from './user-password.ts';

export function addUserCommands(program: Command): void {
  const user = program
    .command('user')
    .description('users of the server: who may come in, as what; administrators only');

  withJson(user.command('list'))
    .description('list all users with their roles, quotas and what they use')
    .action(async (_options: unknown, command: Command) => {
      const { users } = (await readServer('user.list')).answer;
      if (wantsJson(command)) printJson({ users });
      else print(usersTable(users));
    });

  withJson(user.command('add <name>'))
    .description('create a user; "tt user invite" then lets them in')
    .addOption(roleOption().default('user'))
    .option('--oidc-subject <subject>', 'let in whom the OpenID provider of the server knows as this')
    .action(async (name: string, options: { role: Role; oidcSubject?: string }, command: Command) => {
      await withServer(async ({ client }) => {
        const made = await client.user.create({ name, ...given(options) });
        const how =
          options.oidcSubject === undefined ? `Let them in: tt user invite ${name}` : 'They log in themselves.';
        say(command, made, `${name} is created. ${how}`);
      });
    });

  withJson(user.command('update <name>'))
    .description('change the role of a user, or disable them: they are disconnected at once')
    .addOption(roleOption())
    .option('--disabled <on|off>', 'keep them out, and keep their things', onOrOff)
    .action(async (name: string, change: { role?: Role; disabled?: boolean }, command: Command) => {
      if (Object.keys(given(change)).length === 0) throw new InvalidArgumentError('give --role or --disabled.');
      await withServer(async ({ client }) => {
        const changed = await client.user.update({ name, ...given(change) });
        say(command, changed, `${name}: ${changed.role}${changed.disabledAt === null ? '' : ', disabled'}`);
      });
    });

  const quota = withJson(user.command('quota <name>'))
    .description('set the quota of a user; what is not given is not limited')
    .option('--default', 'return to the quota of the configuration');
  withQuota(quota).action(async (name: string, options: QuotaOptions & { default?: true }, command: Command) => {
    const limits = quotaFrom(options);
    await withServer(async ({ client }) => {
      const changed = await client.user.update({ name, quota: limits });
      say(command, changed, `${name}: ${quotaInForce(changed)}`);
    });
  });

  withYes(withJson(user.command('del <name>')))
    .description('delete a user with their tokens and browser sessions')
    .option('--give-to <user>', 'who gets their ENVs, labs, profiles, templates and images')
    .action(async (name: string, { giveTo }: { giveTo?: string }, command: Command) => {
      await confirmed(`Delete the user ${name}?`, 'user.delete', command);
      await withServer(async ({ client }) => {
        const gone = await client.user.delete({ name, ...given({ giveTo }) });
        if (wantsJson(command)) printJson(gone);
        else
          print(gone.given === 0 ? `${name} is deleted\n` : `${name} is deleted; ${giveTo} owns ${gone.given} more\n`);
      });
    });

  addUserPasswordCommand(user);
  addUserLinkCommands(user);

  withJson(user.command('invite <name>'))
    .description('print a link that lets a user in, once, within a day')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }, server) => {
        const { code, expiresAt } = await client.user.invite({ name });
        const link = joinLink({ ...server, url: namedUrl(server.url) }, code);
        if (wantsJson(command)) printJson({ link, expiresAt });
        else {
          print(`${link}\n`);
          printError(`For ${name}: in the desktop app, in a browser, or with "tt config --serv-addr LINK".\n`);
        }
      });
    });
}

export function usersTable(users: readonly User[]): string {
  const rows = users.map((user) => [
    user.name,
    user.disabledAt === null ? user.role : `${user.role}, disabled`,
    user.source,
    String(user.tokens),
    `${user.used.envs} ENVs, ${user.used.vms} VMs`,
    quotaInForce(user),
  ]);
  return table(['NAME', 'ROLE', 'FROM', 'TOKENS', 'HAS', 'QUOTA'], rows);
}

/** `vms 3, memoryMiB 2048 (own)` */
function quotaInForce({ quota, hasOwnQuota }: User): string {
  return `${quotaText(quota)}${hasOwnQuota ? ' (own)' : ''}`;
}

function roleOption(): Option {
  return new Option('--role <role>', 'admin: everything; user: their own things; viewer: only looks').choices([
    'admin',
    'user',
    'viewer',
  ]);
}

function quotaFrom({ default: isDefault, ...options }: QuotaOptions & { default?: true }): Quota | null {
  const limits = limitsFrom(options);
  if ((limits === null) !== (isDefault === true)) {
    throw new InvalidArgumentError('give at least one limit, or only --default.');
  }
  return limits;
}

function say(command: Command, user: User, text: string): void {
  if (wantsJson(command)) printJson(user);
  else print(`${text}\n`);
}
