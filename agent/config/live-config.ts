// The configuration of a running agent, reloaded on SIGHUP. Keys that can change at run time are applied immediately, others are
// reported and wait for a restart; an invalid file changes nothing.
import type { Logger } from 'pino';
import type { AgentConfig, Settings } from '../config.ts';
import { ConfigError } from './errors.ts';
import { changedKeys, isLive } from './file-form.ts';

export interface Reload {
  /** Keys that were taken over. */
  applied: string[];
  /** Keys that have changed in the file and count from the next start on. */
  needRestart: string[];
}

type Listener = (config: AgentConfig, changed: readonly string[]) => void;

export class LiveConfig implements Settings {
  #current: AgentConfig;
  readonly #read: () => Promise<AgentConfig>;
  readonly #logger: Logger | null;
  readonly #listeners = new Set<Listener>();
  readonly #readAgain = new Set<() => void>();
  #reloading: Promise<Reload | null> = Promise.resolve(null);

  /** `read` reads flags and file again; without it the configuration never changes. */
  constructor(current: AgentConfig, read?: () => Promise<AgentConfig>, logger?: Logger) {
    this.#current = current;
    this.#read = read ?? (() => Promise.resolve(current));
    this.#logger = logger ?? null;
  }

  /** In force now. Ask each time: it is another object after a reload. */
  get current(): AgentConfig {
    return this.#current;
  }

  /** Calls `listener` after each reload that took something over; returns how to stop that. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` after each reload, also if nothing in the file has changed: files it names may have. */
  onReload(listener: () => void): () => void {
    this.#readAgain.add(listener);
    return () => this.#readAgain.delete(listener);
  }

  /** Keys that differ in the file and count after a restart. Rejects as reading does; nothing is taken over. */
  async waitingKeys(): Promise<string[]> {
    return changedKeys(this.#current, await this.#read()).filter((key) => !isLive(key));
  }

  /** One at a time. null when the file was wrong: the configuration is then the one before. Rejects never. */
  reload(): Promise<Reload | null> {
    this.#reloading = this.#reloading.then(() => this.#reload());
    return this.#reloading;
  }

  async #reload(): Promise<Reload | null> {
    const before = this.#current;
    let wanted: AgentConfig;
    try {
      wanted = await this.#read();
    } catch (error) {
      this.#refuse(error);
      return null;
    }
    for (const listener of this.#readAgain) listener();
    const changed = changedKeys(before, wanted);
    const applied = changed.filter(isLive);
    const needRestart = changed.filter((key) => !isLive(key));
    if (needRestart.length > 0) {
      this.#logger?.warn({ file: wanted.configFile, needRestart }, 'these keys count after a restart of the agent');
    }
    if (applied.length === 0) {
      this.#logger?.info({ file: wanted.configFile }, 'configuration read again: nothing to take over');
      return { applied, needRestart };
    }
    this.#current = withLiveKeys(before, wanted);
    for (const listener of this.#listeners) this.#tell(listener, applied);
    this.#logger?.info({ file: wanted.configFile, changed: applied }, 'configuration read again');
    return { applied, needRestart };
  }

  #refuse(error: unknown): void {
    const known = error instanceof ConfigError;
    const why = known ? { code: error.code, problems: error.problems, fix: error.fix } : { err: error };
    const text = known
      ? `the configuration is wrong, the one before stays: ${error.message}`
      : 'could not read the configuration again';
    this.#logger?.error(why, text);
  }

  /** One listener that fails must not keep the others from knowing. */
  #tell(listener: Listener, applied: readonly string[]): void {
    try {
      listener(this.#current, applied);
    } catch (error) {
      this.#logger?.error({ err: error }, 'a part of the agent could not take the new configuration over');
    }
  }
}

/** `before`, with the keys that can change at run time taken from `wanted`. */
function withLiveKeys(before: AgentConfig, wanted: AgentConfig): AgentConfig {
  const { cpuTotal, memoryTotalMiB, diskTotalMiB, cpuOvercommit, memoryOvercommit } = wanted;
  const { lifetimeDefaultS, lifetimeMaxS, lifetimeWarnS, quotas, limits, users, logLevel, warmImages, audit } = wanted;
  const { oidc } = wanted;
  const { lanUsers, keepDeletedS } = wanted;
  return {
    ...before,
    cpuTotal,
    memoryTotalMiB,
    diskTotalMiB,
    cpuOvercommit,
    memoryOvercommit,
    lifetimeDefaultS,
    lifetimeMaxS,
    lifetimeWarnS,
    quotas,
    limits,
    users,
    logLevel,
    warmImages,
    audit,
    oidc,
    lanUsers,
    keepDeletedS,
  };
}
