// Who requests an operation, and what they can change.
import { type TermCode, TtError } from '@tt/protocol';
import { isOwnedBy, mayUse, type Reader } from '../access/owners.ts';
import type { EnvRecord } from '../state/records.ts';
import type { Services } from './services.ts';

export type Caller = Reader;

/**
 * Throws ENV_NOT_FOUND, ENV_NOT_YOURS unless the caller owns the ENV, is in the team it is shared with, or is an administrator, or
 * ENV_DELETED while it is in the bin.
 */
export function mayChange({ inventory }: Pick<Services, 'inventory'>, caller: Caller, envName: string): void {
  const env = inventory.env(envName);
  if (!mayUse(caller, env)) throw new TtError('ENV_NOT_YOURS', { envName, owner: env.owner });
  mustNotBeDeleted(env);
}

/** The same for what members of its team may not: delete it, and share it. */
export function mustOwn({ inventory }: Pick<Services, 'inventory'>, caller: Caller, envName: string): void {
  const env = inventory.env(envName);
  if (!isOwnedBy(caller, env)) throw new TtError('ENV_NOT_YOURS', { envName, owner: env.owner });
  mustNotBeDeleted(env);
}

/** For an ENV in the bin. Throws ENV_NOT_FOUND, ENV_NOT_YOURS as {@link mustOwn}, or ENV_NOT_DELETED. */
export function mustOwnDeleted({ inventory }: Pick<Services, 'inventory'>, caller: Caller, envName: string): void {
  const env = inventory.env(envName);
  if (!isOwnedBy(caller, env)) throw new TtError('ENV_NOT_YOURS', { envName, owner: env.owner });
  if (env.phase !== 'deleted') throw new TtError('ENV_NOT_DELETED', { envName });
}

function mustNotBeDeleted({ name, phase, bin }: EnvRecord): void {
  if (phase === 'deleted' && bin) throw new TtError('ENV_DELETED', { envName: name, keptUntil: bin.keptUntil });
}

/** Throws TEAM_NOT_FOUND unless the caller is in this team, or is an administrator. */
export function mayShareWith({ teams }: Pick<Services, 'teams'>, caller: Caller, teamName: string): void {
  teams.get(teamName, caller.role === 'admin' ? null : caller.name);
}

/** Throws NOT_ALLOWED unless the caller is an administrator. */
export function mustBeAdmin(caller: Caller, what: TermCode<'privilege'>): void {
  if (caller.role !== 'admin') throw new TtError('NOT_ALLOWED', { user: caller.name, what });
}

/** Throws NOT_ALLOWED unless the caller started it, may change its ENV, or is an administrator. */
export function mayCancel(
  { inventory, operations }: Pick<Services, 'inventory' | 'operations'>,
  caller: Caller,
  operationId: string,
): void {
  const startedBy = operations.startedBy(operationId);
  if (startedBy === null || startedBy === caller.name) return;
  const envName = operations.list().find(({ id }) => id === operationId)?.subject.envName;
  const isTheirs = envName !== undefined && inventory.hasEnv(envName) && mayUse(caller, inventory.env(envName));
  if (!isTheirs) mustBeAdmin(caller, 'cancelOthers');
}
