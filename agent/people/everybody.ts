// Everybody who may come in: `local`, the users of the configuration and those of the state. What names mean, and who can be changed.
import { nearMatches, TtError, type User } from '@tt/protocol';
import { localAdmin } from '@tt/server';
import type { Settings } from '../config.ts';
import type { UserRecord } from './user-record.ts';
import type { Users } from './users.ts';

/** Where users come from: the configuration, and the state. */
export interface PeopleSources {
  settings: Settings;
  users: Users;
}
/** A user without what is counted. */
export type Known = Pick<User, 'name' | 'role' | 'source' | 'createdAt' | 'createdBy' | 'disabledAt'>;

/** `local` first. A user of the state whom the configuration names too is that of the configuration. */
export function everybody({ settings, users }: PeopleSources): Known[] {
  const unmade = { createdAt: null, createdBy: null, disabledAt: null };
  const configured = settings.current.users.map(({ name, role }) => ({
    name,
    role,
    source: 'file' as const,
    ...unmade,
  }));
  const names = new Set(configured.map(({ name }) => name));
  const made = users
    .list()
    .filter(({ name }) => !names.has(name))
    .map(({ id: _anchor, quota: _quota, passwordHash: _hash, oidc: _linked, ...shown }) => ({
      ...shown,
      source: 'state' as const,
    }));
  return [{ ...localAdmin, source: 'owner', ...unmade }, ...configured, ...made];
}

/** Throws USER_NOT_FOUND with near matches. */
export function userCalled(services: PeopleSources, name: string): Known {
  const all = everybody(services);
  const found = all.find((user) => user.name === name);
  if (found) return found;
  const suggestions = nearMatches(
    name,
    all.map((user) => user.name),
  );
  throw new TtError('USER_NOT_FOUND', { user: name, suggestions });
}

/** Throws USER_NOT_FOUND, and USER_FIXED for one whom calls can't change. */
export function userToChange(services: PeopleSources, name: string): UserRecord {
  const { source } = userCalled(services, name);
  if (source !== 'state') throw new TtError('USER_FIXED', { user: name, source });
  const record = services.users.find(name);
  if (!record) throw new Error(`the state has no record of the user ${name}`);
  return record;
}

/** Throws USER_NAME_TAKEN, also for the name of the agent itself. */
export function mustBeFreeName(services: PeopleSources, name: string, agentName: string): void {
  const taken =
    name === agentName || everybody(services).some((user) => user.name === name) || services.users.find(name);
  if (taken) throw new TtError('USER_NAME_TAKEN', { user: name });
}
