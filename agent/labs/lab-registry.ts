// The labs and profiles of this agent: every change goes through here, and is stored and published to followers in one step.
// Running sessions are recorded on the ENVs themselves (`EnvRecord.lab`), not here, so that the two always agree.
import { type Lab, nearMatches, type Profile, TtError } from '@tt/protocol';
import type { EventLog } from '../events/event-log.ts';
import {
  type LabRecord,
  type ProfileRecord,
  readProfile,
  type TerminalRecord,
  type VersionRecord,
} from '../state/records.ts';
import type { StateStore } from '../state/store.ts';
import type { BaseRef } from '../state/vm-record.ts';

export class LabRegistry {
  readonly #store: StateStore;
  readonly #log: EventLog;
  readonly #labs = new Map<string, LabRecord>();
  readonly #profiles = new Map<string, ProfileRecord>();
  readonly #opening = new Map<string, string>();
  readonly #starting = new Set<string>();
  readonly #listeners = new Set<() => void>();
  /** Names of profiles that are just being made. */
  readonly #making = new Set<string>();

  constructor(store: StateStore, log: EventLog) {
    this.#store = store;
    this.#log = log;
    for (const lab of store.labs.list()) this.#labs.set(lab.name, lab);
    for (const profile of store.profiles.list()) this.#profiles.set(profile.name, readProfile(profile));
  }

  labs(): LabRecord[] {
    return [...this.#labs.values()];
  }

  profiles(): ProfileRecord[] {
    return [...this.#profiles.values()];
  }

  hasLab(name: string): boolean {
    return this.#labs.has(name);
  }

  hasProfile(name: string): boolean {
    return this.#profiles.has(name);
  }

  /** Throws LAB_NOT_FOUND with near matches. */
  lab(name: string): LabRecord {
    const found = this.#labs.get(name);
    if (!found)
      throw new TtError('LAB_NOT_FOUND', { labName: name, suggestions: nearMatches(name, [...this.#labs.keys()]) });
    return found;
  }

  /** Throws PROFILE_NOT_FOUND with near matches. */
  profile(name: string): ProfileRecord {
    const found = this.#profiles.get(name);
    if (found) return found;
    throw new TtError('PROFILE_NOT_FOUND', {
      profileName: name,
      suggestions: nearMatches(name, [...this.#profiles.keys()]),
    });
  }

  /** The version that sessions start from. */
  current({ name, versions, version }: ProfileRecord): VersionRecord {
    const found = versions.find((candidate) => candidate.version === version);
    if (!found) throw new Error(`profile ${name} has no record of its version ${version}`);
    return found;
  }

  /** null when the profile, or its version, is not there (any more). */
  version({ profileName, version }: BaseRef): VersionRecord | null {
    return this.#profiles.get(profileName)?.versions.find((candidate) => candidate.version === version) ?? null;
  }

  putLab(lab: LabRecord): void {
    this.#store.labs.put(lab.name, lab);
    this.#labs.set(lab.name, lab);
    this.#log.publish('lab.updated', labView(lab), [lab.owner]);
    for (const listener of this.#listeners) listener();
  }

  deleteLab(name: string): void {
    this.#store.labs.delete(name);
    if (this.#labs.delete(name)) this.#log.publish('lab.deleted', { name });
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after a lab was changed or deleted; returns how to stop that. */
  onLabChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  putProfile(profile: ProfileRecord): void {
    this.#store.profiles.put(profile.name, profile);
    this.#profiles.set(profile.name, profile);
    this.#log.publish('profile.updated', profileView(profile), [profile.owner]);
  }

  deleteProfile(name: string): void {
    this.#store.profiles.delete(name);
    if (this.#profiles.delete(name)) this.#log.publish('profile.deleted', { name });
  }

  /** Whether a session is being started in an ENV of this name, which may not exist yet. */
  isStarting(envName: string): boolean {
    return this.#starting.has(envName);
  }

  /** Reserves the seat of that name while `work` starts a session there. */
  async whileStarting<Result>(envName: string, work: () => Promise<Result>): Promise<Result> {
    this.#starting.add(envName);
    try {
      return await work();
    } finally {
      this.#starting.delete(envName);
    }
  }

  /** Reserves the name of a profile while `work` creates it. Throws PROFILE_NAME_TAKEN. */
  async whileMaking<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    this.mustBeFree(name);
    this.#making.add(name);
    try {
      return await work();
    } finally {
      this.#making.delete(name);
    }
  }

  /** Throws PROFILE_NAME_TAKEN, also for a name that is just being made. */
  mustBeFree(name: string): void {
    if (this.#profiles.has(name) || this.#making.has(name)) {
      throw new TtError('PROFILE_NAME_TAKEN', { profileName: name });
    }
  }

  /** Stores all changes of `work` together, or none. `work` must be synchronous. */
  together<Result>(work: () => Result): Result {
    return this.#store.transaction(work);
  }

  /** Who is opening an administrative session of the profile, before its ENV exists; null for nobody. */
  openingBy(profileName: string): string | null {
    return this.#opening.get(profileName) ?? null;
  }

  /** Lets no session of the profile start while `work` opens an administrative one. */
  async whileOpening<Result>(profileName: string, by: string, work: () => Promise<Result>): Promise<Result> {
    this.#opening.set(profileName, by);
    try {
      return await work();
    } finally {
      this.#opening.delete(profileName);
    }
  }
}

export function labView(lab: LabRecord): Lab {
  return { ...lab, terminals: lab.terminals.map(terminalView) };
}

function terminalView({ secretSha256, ...terminal }: TerminalRecord): Lab['terminals'][number] {
  return { ...terminal, hasSecret: secretSha256 !== null };
}

export function profileView(profile: ProfileRecord): Profile {
  return { ...profile, versions: profile.versions.map(({ boot: _boot, ...version }) => version) };
}

/** Throws TERMINAL_NOT_FOUND with near matches. */
export function terminalOf(lab: LabRecord, terminalName: string): TerminalRecord {
  const found = lab.terminals.find(({ name }) => name === terminalName);
  if (found) return found;
  const suggestions = nearMatches(
    terminalName,
    lab.terminals.map(({ name }) => name),
  );
  throw new TtError('TERMINAL_NOT_FOUND', { labName: lab.name, terminalName, suggestions });
}
