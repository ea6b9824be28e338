// ENVs and what a person does to one: create, start, stop, change, extend, delete, restore. Those in the bin are kept apart: no page
// but theirs shows them.
import type { Env, EnvDetail, SshKey, TtClient } from '@tt/protocol';
import { computed, makeObservable } from 'mobx';
import { asTtError, type OperationStore, type Outcome } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { translate } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { Collection } from '../state/collection.ts';
import { naturalOrder } from '../state/natural-order.ts';
import type { ToastAction, ToastStore } from '../state/toast-store.ts';

export type EnvSpec = Omit<Parameters<TtClient['env']['create']>[0], 'operationId'>;
export type EnvChange = Omit<Parameters<TtClient['env']['update']>[0], 'name' | 'operationId' | 'vms'>;

export class EnvStore {
  readonly items = new Collection<Env>((env) => env.name);
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;
  readonly #toasts: ToastStore;

  constructor(bridge: Bridge, operations: OperationStore, toasts: ToastStore) {
    this.#bridge = bridge;
    this.#operations = operations;
    this.#toasts = toasts;
    makeObservable(this, {
      all: computed,
      inBin: computed,
      nextExpiry: computed,
      takenNames: computed,
      count: computed,
    });
  }

  /** Without those in the bin. */
  get all(): Env[] {
    return this.takenNames.flatMap((name) => this.get(name) ?? []);
  }

  /** Of all but those in the bin. */
  get count(): number {
    return this.all.length;
  }

  /** Deleted last comes first. */
  get inBin(): Env[] {
    const deletedAt = ({ bin }: Env) => bin?.deletedAt ?? '';
    return this.items.all
      .filter(({ state }) => state === 'deleted')
      .toSorted((a, b) => deletedAt(b).localeCompare(deletedAt(a)) || naturalOrder(a.name, b.name));
  }

  /** Names that no new ENV can have, in order: sorted when one comes or goes, not with each change of an ENV. */
  get takenNames(): string[] {
    return this.items.ids.toSorted(naturalOrder);
  }

  /** The ENV that expires next; null when there is none. */
  get nextExpiry(): Env | null {
    const living = this.all.filter(({ expired }) => !expired);
    return living.reduce<Env | null>((first, env) => (!first || env.endAt < first.endAt ? env : first), null);
  }

  get(name: string): Env | undefined {
    const env = this.items.get(name);
    return env?.state === 'deleted' ? undefined : env;
  }

  getDeleted(name: string): Env | undefined {
    const env = this.items.get(name);
    return env?.state === 'deleted' ? env : undefined;
  }

  /** Creates; the caller shows a failure, as it may belong beside a field of the New ENV sheet. */
  createEnv(request: EnvSpec): Promise<Outcome<EnvDetail>> {
    return this.#operations.run('env.create', { envName: request.name }, (operationId) =>
      this.#bridge.client.env.create({ ...request, operationId }),
    );
  }

  /** The ENV's own ssh key, and where it lets one in. */
  async sshKey(name: string): Promise<Outcome<SshKey>> {
    try {
      return { ok: true, value: await this.#bridge.client.env.sshKey({ name }) };
    } catch (error) {
      return { ok: false, error: asTtError(error) };
    }
  }

  async startEnv(name: string): Promise<void> {
    await this.#operations.runAloud('env.start', { envName: name }, (operationId) =>
      this.#bridge.client.env.start({ name, operationId }),
    );
  }

  async stopEnv(name: string): Promise<void> {
    await this.#operations.runAloud('env.stop', { envName: name }, (operationId) =>
      this.#bridge.client.env.stop({ name, operationId }),
    );
  }

  async deleteEnvs(names: readonly string[]): Promise<void> {
    const outcomes = await Promise.all(
      names.map((name) =>
        this.#operations.runAloud('env.delete', { envName: name }, (operationId) =>
          this.#bridge.client.env.delete({ name, operationId }),
        ),
      ),
    );
    const deleted = names.filter((_, index) => outcomes[index]?.ok);
    if (deleted.length === 0) return;
    const kept = names.filter((_, index) => {
      const outcome = outcomes[index];
      return outcome?.ok === true && outcome.value.keptUntil !== null;
    });
    const undo = { label: translate('snapshots.undo'), run: () => void this.restoreEnvs(kept) };
    this.#toasts.say(
      translate('envs.deleted', { names: someNames(deleted, translate) }),
      kept.length > 0 ? { action: undo, seconds: 10 } : {},
    );
  }

  /** Out of the bin; what can’t be restored is shown as a failure of its own. */
  async restoreEnvs(names: readonly string[]): Promise<void> {
    const restored = await this.#each(names, 'env.restore', (name, operationId) =>
      this.#bridge.client.env.restore({ name, operationId }),
    );
    if (restored.length > 0) this.#toasts.say(translate('bin.restored', { names: someNames(restored, translate) }));
  }

  /** Of the bin, for ever. */
  async purgeEnvs(names: readonly string[]): Promise<void> {
    const gone = await this.#each(names, 'env.purge', (name, operationId) =>
      this.#bridge.client.env.purge({ name, operationId }),
    );
    if (gone.length > 0) this.#toasts.say(translate('bin.purged', { names: someNames(gone, translate) }));
  }

  /** Gives the names that it was done to. */
  async #each(
    names: readonly string[],
    kind: 'env.restore' | 'env.purge',
    call: (name: string, operationId: string) => Promise<unknown>,
  ): Promise<string[]> {
    const outcomes = await Promise.all(
      names.map((name) => this.#operations.runAloud(kind, { envName: name }, (operationId) => call(name, operationId))),
    );
    return names.filter((_, index) => outcomes[index]?.ok);
  }

  /** With its notes, however long. */
  readonly whole = async ({ name }: Env): Promise<Outcome<Env>> => {
    try {
      return { ok: true, value: (await this.#bridge.client.env.show({ name, limit: 1 })).env };
    } catch (error) {
      return { ok: false, error: asTtError(error) };
    }
  };

  /** Changes title, notes, tags, end policy, outgoing connections or lifetime; the caller shows a failure beside its field. */
  updateEnv(name: string, change: EnvChange): Promise<Outcome<Env>> {
    return this.#operations.run('env.update', { envName: name }, (operationId) =>
      this.#bridge.client.env.update({ ...change, name, operationId }),
    );
  }

  /** Compacts the disks of its stopped machines; the caller says how much was freed. */
  compactEnv(name: string): Promise<Outcome<Awaited<ReturnType<TtClient['env']['compact']>>>> {
    return this.#operations.run('env.compact', { envName: name }, (operationId) =>
      this.#bridge.client.env.compact({ name, operationId }),
    );
  }

  /** Moves the end of its life; the new end is counted from the start, as the agent does. */
  async setEnd(name: string, end: Date, overrideLimit = false): Promise<Outcome<Env> | null> {
    const env = this.get(name);
    if (!env) return null;
    const lifetimeS = Math.round((end.getTime() - Date.parse(env.startAt)) / 1000);
    return this.updateEnv(name, { lifetimeS, ...(overrideLimit ? { overrideLimit } : {}) });
  }

  /**
   * The +1 h button: shows a failure as a toast, whose action is `otherwise`. When it has expired, the hour counts from now
   * and the ENV can be started again, which is offered.
   */
  async extendEnv(name: string, seconds: number, otherwise: ToastAction | null = null): Promise<void> {
    const env = this.get(name);
    if (!env) return;
    const from = env.expired ? Date.now() : Date.parse(env.endAt);
    const outcome = await this.setEnd(name, new Date(from + seconds * 1000));
    if (outcome && !outcome.ok) {
      this.#toasts.fail(translate('envs.lifetimeFailed', { env: name }), outcome.error, otherwise);
    } else if (outcome && env.expired) {
      const start = { label: translate('envs.start'), run: () => void this.startEnv(name) };
      this.#toasts.say(translate('endings.extended', { env: name }), { action: start, seconds: 10 });
    }
  }
}
