// Calls about teams: administrators make them, members see their own.
import { type Team, TtError } from '@tt/protocol';
import { teamAccount } from '../access/owners.ts';
import { mustBeAdmin } from '../operations/caller.ts';
import { type Accounts, usageOf } from '../operations/capacity/capacity.ts';
import { sharedWith } from '../operations/envs/share-env.ts';
import type { Services } from '../operations/services.ts';
import { userCalled } from '../people/everybody.ts';
import type { TeamRecord } from '../people/team-record.ts';
import type { EnvRecord } from '../state/records.ts';
import { api, type KnownCallContext } from './context.ts';

const manage = ({ caller }: KnownCallContext) => mustBeAdmin(caller, 'manageTeams');

export const teamApi = {
  list: api.team.list.handler(({ context: { services, caller } }) => ({
    teams: services.teams
      .list()
      .filter(({ name }) => caller.role === 'admin' || caller.teams.has(name))
      .map((record) => teamView(services, record)),
  })),
  show: api.team.show.handler(({ input: { name }, context }) => {
    const record = seenBy(context, name);
    const envs = envsOf(context.services, name).map((env) => env.name);
    return { team: teamView(context.services, record), shared: { envs } };
  }),
  create: api.team.create.handler(({ input: { name, quota }, context }) => {
    manage(context);
    const { services, caller } = context;
    const record = services.teams.create({ name, quota, createdBy: caller.name });
    // Shared with one of this name while that was deleted: the new one has no part in it.
    unshareAll(services, name);
    return teamView(services, record);
  }),
  update: api.team.update.handler(({ input: { name, quota }, context }) => {
    manage(context);
    const { services } = context;
    return teamView(services, services.teams.setQuota(services.teams.get(name, null), quota));
  }),
  delete: api.team.delete.handler(({ input: { name, unshare = false }, context }) => {
    manage(context);
    const { services } = context;
    const record = services.teams.get(name, null);
    const envs = envsOf(services, name).length;
    if (envs > 0 && !unshare) throw new TtError('TEAM_SHARES_THINGS', { team: name, envs });
    // In this order: if the disk is full, the team is still there to be deleted again.
    const unshared = unshareAll(services, name);
    services.teams.delete(record);
    return { name, unshared };
  }),
  addMember: api.team.addMember.handler(({ input: { name, userName }, context }) => {
    manage(context);
    const { services } = context;
    const record = services.teams.get(name, null);
    userCalled(services, userName);
    return teamView(services, services.teams.addMember(record, userName));
  }),
  removeMember: api.team.removeMember.handler(({ input: { name, userName }, context }) => {
    const record = seenBy(context, name);
    if (userName !== context.caller.name) manage(context);
    return teamView(context.services, context.services.teams.removeMember(record, userName));
  }),
};

/** Throws TEAM_NOT_FOUND. */
function seenBy({ services, caller }: KnownCallContext, name: string): TeamRecord {
  return services.teams.get(name, caller.role === 'admin' ? null : caller.name);
}

function teamView(services: Accounts, { name, members, quota, createdAt, createdBy }: TeamRecord): Team {
  return { name, members, quota, used: usageOf(services, teamAccount(name)), createdAt, createdBy };
}

function envsOf({ inventory }: Pick<Services, 'inventory'>, teamName: string): EnvRecord[] {
  return inventory.envs().filter(({ team }) => team === teamName);
}

/** How many there were. */
function unshareAll(services: Pick<Services, 'inventory'>, teamName: string): number {
  const envs = envsOf(services, teamName);
  for (const env of envs) services.inventory.putEnv(sharedWith(env, null));
  return envs.length;
}
