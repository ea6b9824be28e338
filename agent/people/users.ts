// The users in the state: every change goes through here and is stored in the same step. Those of the configuration file and
// `local` are not here; `everybody.ts` knows all.
import { type Quota, type Role, TtError } from '@tt/protocol';
import type { StateStore } from '../state/store.ts';
import type { OidcSubject, UserRecord } from './user-record.ts';

export class Users {
  readonly #store: Pick<StateStore, 'users'>;
  readonly #now: () => Date;
  readonly #records = new Map<string, UserRecord>();
  readonly #listeners = new Set<() => void>();

  constructor(store: Pick<StateStore, 'users'>, now: () => Date) {
    this.#store = store;
    this.#now = now;
    for (const record of store.users.list()) this.#records.set(record.name, record);
  }

  /** In the order in which they were made. */
  list(): UserRecord[] {
    return [...this.#records.values()];
  }

  /** null: there is none of this name in the state. */
  find(name: string): UserRecord | null {
    return this.#records.get(name) ?? null;
  }

  /** null: nobody is linked to it. */
  findLinked({ issuer, subject }: OidcSubject): UserRecord | null {
    return this.list().find(({ oidc }) => oidc?.issuer === issuer && oidc.subject === subject) ?? null;
  }

  create(made: Pick<UserRecord, 'name' | 'role' | 'quota' | 'createdBy' | 'oidc'>): UserRecord {
    return this.#put({ id: crypto.randomUUID(), createdAt: this.#now().toISOString(), disabledAt: null, ...made });
  }

  /** Disconnects the user if the role is another one, or they are disabled. */
  update(
    before: UserRecord,
    change: { role?: Role | undefined; quota?: Quota | null | undefined; disabled?: boolean | undefined },
  ): UserRecord {
    const { role = before.role, quota = before.quota, disabled = before.disabledAt !== null } = change;
    const since = before.disabledAt ?? this.#now().toISOString();
    const changed = this.#put({ ...before, role, quota, disabledAt: disabled ? since : null });
    this.#tell();
    return changed;
  }

  /** null: none any more. */
  setPassword({ passwordHash: _before, ...record }: UserRecord, passwordHash: string | null): void {
    this.#put(passwordHash === null ? record : { ...record, passwordHash });
  }

  /** null: nobody any more. Throws OIDC_SUBJECT_TAKEN. */
  link({ oidc: _before, ...record }: UserRecord, oidc: OidcSubject | null): void {
    if (oidc !== null) this.mustBeFree(oidc, record.name);
    this.#put(oidc === null ? record : { ...record, oidc });
  }

  /** Throws OIDC_SUBJECT_TAKEN if another one than `name` is linked to it. */
  mustBeFree(oidc: OidcSubject, name: string): void {
    const taken = this.findLinked(oidc);
    if (taken && taken.name !== name) throw new TtError('OIDC_SUBJECT_TAKEN', { user: taken.name });
  }

  /** Disconnects the user. */
  delete({ name }: UserRecord): void {
    this.#store.users.delete(name);
    this.#records.delete(name);
    this.#tell();
  }

  /** Calls `listener` after a user was changed or deleted; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put(record: UserRecord): UserRecord {
    this.#store.users.put(record.name, record);
    this.#records.set(record.name, record);
    return record;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
