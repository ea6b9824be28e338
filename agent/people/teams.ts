// The teams in the state: every change goes through here and is stored in the same step. What is shared with a team says so in its
// own record.
import { nearMatches, type Quota, TtError } from '@tt/protocol';
import type { Memberships } from '../access/owners.ts';
import type { StateStore } from '../state/store.ts';
import type { TeamRecord } from './team-record.ts';

export class Teams {
  readonly #store: Pick<StateStore, 'teams'>;
  readonly #now: () => Date;
  readonly #records = new Map<string, TeamRecord>();
  readonly #listeners = new Set<(userNames: readonly string[]) => void>();

  constructor(store: Pick<StateStore, 'teams'>, now: () => Date) {
    this.#store = store;
    this.#now = now;
    for (const record of store.teams.list()) this.#records.set(record.name, record);
  }

  /** In the order in which they were made. */
  list(): TeamRecord[] {
    return [...this.#records.values()];
  }

  /** null: there is none of this name. */
  find(name: string): TeamRecord | null {
    return this.#records.get(name) ?? null;
  }

  isMember(teamName: string, userName: string): boolean {
    return this.#records.get(teamName)?.members.includes(userName) ?? false;
  }

  /** Says what is true whenever it is asked. */
  of(userName: string): Memberships {
    return {
      has: (teamName) => this.isMember(teamName, userName),
      names: () =>
        this.list()
          .flatMap(({ name, members }) => (members.includes(userName) ? [name] : []))
          .toSorted(),
    };
  }

  /** Throws TEAM_NOT_FOUND with near matches among those that `userName` is in; null: among all. */
  get(name: string, userName: string | null): TeamRecord {
    const seen = this.list().filter(({ members }) => userName === null || members.includes(userName));
    const found = seen.find((record) => record.name === name);
    if (found) return found;
    const suggestions = nearMatches(
      name,
      seen.map((record) => record.name),
    );
    throw new TtError('TEAM_NOT_FOUND', { team: name, suggestions });
  }

  /** Throws TEAM_NAME_TAKEN. */
  create({ name, quota, createdBy }: Pick<TeamRecord, 'name' | 'quota' | 'createdBy'>): TeamRecord {
    if (this.find(name)) throw new TtError('TEAM_NAME_TAKEN', { team: name });
    return this.#put({ name, members: [], quota, createdAt: this.#now().toISOString(), createdBy });
  }

  setQuota(before: TeamRecord, quota: Quota): TeamRecord {
    return this.#put({ ...before, quota });
  }

  /** Does nothing for one who is in it. */
  addMember(before: TeamRecord, userName: string): TeamRecord {
    if (before.members.includes(userName)) return before;
    const changed = this.#put({ ...before, members: [...before.members, userName] });
    this.#tell([userName]);
    return changed;
  }

  /** Throws NOT_IN_TEAM. */
  removeMember(before: TeamRecord, userName: string): TeamRecord {
    if (!before.members.includes(userName)) throw new TtError('NOT_IN_TEAM', { team: before.name, user: userName });
    const changed = this.#put({ ...before, members: before.members.filter((name) => name !== userName) });
    this.#tell([userName]);
    return changed;
  }

  /** Takes a user out of all teams: a later one of that name is in none. */
  forget(userName: string): void {
    for (const record of this.list()) if (record.members.includes(userName)) this.removeMember(record, userName);
  }

  delete({ name, members }: TeamRecord): void {
    this.#store.teams.delete(name);
    this.#records.delete(name);
    this.#tell(members);
  }

  /** Calls `listener` after users came into a team or left one, with their names. */
  onChange(listener: (userNames: readonly string[]) => void): void {
    this.#listeners.add(listener);
  }

  #put(record: TeamRecord): TeamRecord {
    this.#store.teams.put(record.name, record);
    this.#records.set(record.name, record);
    return record;
  }

  #tell(userNames: readonly string[]): void {
    for (const listener of this.#listeners) listener(userNames);
  }
}
