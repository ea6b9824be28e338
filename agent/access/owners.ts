// Who a thing belongs to, as accounts: the name of its owner, and `@name` of the team it is shared with. No user has such a name.
// Rights, readers of events and quotas all compare these (decision 0099).
import type { Role } from '@tt/protocol';

/** The teams of one user, as they are when they are asked about: a reader that follows for hours loses a team at once. */
export interface Memberships {
  has(teamName: string): boolean;
  /** Names, in the order of the alphabet. */
  names(): string[];
}

/** Who reads. */
export interface Reader {
  name: string;
  role: Role;
  /** Absent: in no team. */
  teams?: Memberships;
}

/** The agent itself: the end of a lifetime, schedules. */
export const AGENT: Reader = { name: 'tt', role: 'admin' };

/** `team`: absent or null, it is shared with none. */
export interface Owned {
  owner: string | null;
  team?: string | null | undefined;
}

export function teamAccount(teamName: string): string {
  return `@${teamName}`;
}

/** The name of the team; null for the account of a user. */
export function teamOf(account: string): string | null {
  return account.startsWith('@') ? account.slice(1) : null;
}

export function ownersOf({ owner, team }: Owned): string[] {
  const accounts = owner === null ? [] : [owner];
  return team === undefined || team === null ? accounts : [...accounts, teamAccount(team)];
}

/** The same for a write that grows (`WriteRequest`), which counts in the quotas of both. */
export function payersOf(owned: Owned): { owner: string | null; team: string | undefined } {
  const { owner, team } = owned;
  return { owner, team: team === undefined || team === null ? undefined : teamAccount(team) };
}

/** Whether an account is that of the reader, or of a team they are in. */
export function isOneOf(reader: Reader, account: string): boolean {
  const team = teamOf(account);
  return team === null ? account === reader.name : (reader.teams?.has(team) ?? false);
}

/** Owners, members of the team and administrators may change a thing, viewers nothing. */
export function mayUse(caller: Reader, owned: Owned): boolean {
  return caller.role === 'admin' || ownersOf(owned).some((account) => isOneOf(caller, account));
}

/** Deleting a thing and saying who it is shared with is not for members. */
export function isOwnedBy(caller: Reader, { owner }: Owned): boolean {
  return caller.role === 'admin' || caller.name === owner;
}
