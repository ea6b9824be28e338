// `tt team …`: users who share ENVs, and what they may have together. Administrators make teams; members see theirs and can leave.
import type { Team, TeamDetail } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { labelled, printJson, table } from '../output.ts';
import { readServer, withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { given } from './option-values.ts';
import { limitsFrom, type QuotaOptions, quotaText, withQuota } from './quota-options.ts';

export function addTeamCommands(program: Command): void {
  const team = program.command('team').description('teams: users who share ENVs, and what they may have together');

  withJson(team.command('list'))
    .description('list your teams; administrators see all of them')
    .action(async (_options: unknown, command: Command) => {
      const { teams } = (await readServer('team.list')).answer;
      if (wantsJson(command)) printJson({ teams });
      else print(teamsTable(teams));
    });

  withJson(team.command('show <name>'))
    .description('show who is in a team, what is shared with it, and its quota')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const detail = await client.team.show({ name });
        if (wantsJson(command)) printJson(detail);
        else print(detailText(detail));
      });
    });

  withQuota(withJson(team.command('add <name>')))
    .description('create a team, with a quota if limits are given; administrators only')
    .action(async (name: string, options: QuotaOptions, command: Command) => {
      await withServer(async ({ client }) => {
        const made = await client.team.create({ name, ...given({ quota: limitsFrom(options) ?? undefined }) });
        say(command, made, `${name} is created. Take users in: tt team member add ${name} USER`);
      });
    });

  withQuota(withJson(team.command('quota <name>')))
    .description('replace the quota of a team; what is not given is not limited; administrators only')
    .option('--none', 'no limit at all')
    .action(async (name: string, { none, ...options }: QuotaOptions & { none?: true }, command: Command) => {
      const limits = limitsFrom(options);
      if ((limits === null) === (none !== true)) {
        throw new InvalidArgumentError('give at least one limit, or only --none.');
      }
      await withServer(async ({ client }) => {
        const changed = await client.team.update({ name, quota: limits ?? {} });
        say(command, changed, `${name}: ${quotaText(changed.quota)}`);
      });
    });

  withYes(withJson(team.command('del <name>')))
    .description('delete a team; its ENVs stay with their owners; administrators only')
    .option('--unshare', 'also if ENVs are shared with it')
    .action(async (name: string, { unshare }: { unshare?: true }, command: Command) => {
      await confirmed(`Delete the team ${name}?`, 'team.delete', command);
      await withServer(async ({ client }) => {
        const gone = await client.team.delete({ name, ...given({ unshare }) });
        if (wantsJson(command)) printJson(gone);
        else print(`${name} is deleted${gone.unshared === 0 ? '' : `; ${gone.unshared} ENVs are shared no more`}\n`);
      });
    });

  const member = team.command('member').description('who is in a team');

  withJson(member.command('add <name> <user...>'))
    .description('take users into a team; administrators only')
    .action(async (name: string, users: string[], _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const changed = await lastOf(users, (userName) => client.team.addMember({ name, userName }));
        say(command, changed, `${name}: ${changed.members.join(', ')}`);
      });
    });

  withYes(withJson(member.command('del <name> <user...>')))
    .description('take users out of a team: their access ends at once; everybody can leave')
    .action(async (name: string, users: string[], _options: unknown, command: Command) => {
      await confirmed(`Take ${users.join(', ')} out of ${name}?`, 'team.removeMember', command);
      await withServer(async ({ client }) => {
        const changed = await lastOf(users, (userName) => client.team.removeMember({ name, userName }));
        say(command, changed, `${name}: ${changed.members.join(', ') || 'nobody'}`);
      });
    });
}

export function teamsTable(teams: readonly Team[]): string {
  const rows = teams.map(({ name, members, used, quota }) => [
    name,
    members.join(',') || '-',
    `${used.envs} ENVs, ${used.vms} VMs`,
    quotaText(quota),
  ]);
  return table(['NAME', 'MEMBERS', 'HAS', 'QUOTA'], rows);
}

function detailText({ team: { name, members, used, quota, createdBy }, shared }: TeamDetail): string {
  const has = `${used.envs} ENVs, ${used.vms} VMs, ${used.cpuCount} CPUs, ${used.memoryMiB} MiB of memory, ${used.diskMiB} MiB of disk`;
  return labelled([
    ['team', `${name}, made by ${createdBy}`],
    ['members', members.join(', ') || 'nobody'],
    ['ENVs', shared.envs.join(', ') || 'none'],
    ['has', has],
    ['quota', quotaText(quota)],
  ]);
}

/** One after the other; the first failure ends it. */
async function lastOf(users: readonly string[], change: (userName: string) => Promise<Team>): Promise<Team> {
  let team: Team | null = null;
  for (const userName of users) team = await change(userName);
  if (!team) throw new InvalidArgumentError('name at least one user.');
  return team;
}

function say(command: Command, team: Team, text: string): void {
  if (wantsJson(command)) printJson(team);
  else print(`${text}\n`);
}
