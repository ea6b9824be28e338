// The engines of this host as one set: which one an image or a VM belongs to, which are usable, and why the others are not.
// Created when the agent is assembled; operations never name an engine themselves. Decision 0036.
import { nearMatches, parseImageName, type Reason, reason, TtError } from '@tt/protocol';
import type { Engine } from './interface.ts';
import { reasonOf } from '../host/reason-error.ts';

export interface EngineEntry {
  engine: Engine;
  /**
   * `enabled`: new VMs can use it. `disabled`: not in the configuration, so it only manages VMs it created before: it adopts,
   * stops and removes them, and starts none.
   */
  use: 'enabled' | 'disabled';
  /** Engines that are not there, whose images and capsules this one runs in their place. */
  standsInFor?: readonly Pick<Engine, 'name' | 'prefixes'>[];
}

/** The present state of one engine. */
export interface EngineStatus {
  engine: Engine;
  /** The prefixes of the images it runs, including those of engines it replaces. */
  prefixes: readonly string[];
  /** True when it was found and probed: then its version and acceleration are known. */
  isReady: boolean;
  /** Why no VM can be started with it; null when one can, or while that is not known yet. */
  problem: Reason | null;
}

const SWITCHED_OFF = reason('engineDisabled');

export class Engines {
  readonly #entries: readonly EngineEntry[];
  readonly #onUnusable: (engine: Engine, error: unknown) => void;
  readonly #initialized = new Set<Engine>();
  readonly #problems = new Map<Engine, Reason>();
  #settled: Promise<void> = Promise.resolve();

  /**
   * If several entries have the same prefix, the first enabled one gets it, otherwise the first. `onUnusable` is called once
   * for each engine that `init` found unusable.
   */
  constructor(entries: readonly EngineEntry[], onUnusable: (engine: Engine, error: unknown) => void = () => {}) {
    this.#entries = entries;
    this.#onUnusable = onUnusable;
  }

  /** Finds and probes all enabled engines in parallel. Never rejects: {@link problemOf} returns failures. Call it once. */
  init(): Promise<void> {
    const enabled = this.#entries.filter(({ use }) => use === 'enabled');
    this.#settled = Promise.all(enabled.map(({ engine }) => this.#init(engine))).then(() => {});
    return this.#settled;
  }

  /** Resolves when each enabled engine has been probed or has failed. May take seconds at the first start of a host. */
  settled(): Promise<void> {
    return this.#settled;
  }

  /** All of them, the enabled ones first, in the order of the configuration. */
  list(): EngineStatus[] {
    return this.#entries.map(({ engine, standsInFor = [] }) => ({
      engine,
      prefixes: [engine, ...standsInFor].flatMap((one) => one.prefixes),
      isReady: this.#initialized.has(engine),
      problem: this.problemOf(engine),
    }));
  }

  /** Why no VM can be started with it; null when one can, or while that is not known yet. */
  problemOf(engine: Engine): Reason | null {
    const isEnabled = this.#entries.some((entry) => entry.engine === engine && entry.use === 'enabled');
    return isEnabled ? (this.#problems.get(engine) ?? null) : SWITCHED_OFF;
  }

  /** The engine of a VM, even if it is disabled: to adopt, stop or remove the VM. Throws ENGINE_UNKNOWN. */
  forVm({ placement: { engine } }: { placement: { engine: string } }): Engine {
    return this.named(engine);
  }

  /** The same by its name. Throws ENGINE_UNKNOWN. */
  named(name: string): Engine {
    const found = this.#entries.find(({ engine }) => engine.name === name);
    if (found) return found.engine;
    throw this.#unknown(name);
  }

  /** The engine of this name, to start VMs with. Throws ENGINE_UNKNOWN or ENGINE_MISSING. */
  usable(name: string): Engine {
    return this.#mustWork(this.named(name));
  }

  /** The engine for VMs of a capsule made with the engine of this name. Throws ENGINE_UNKNOWN or ENGINE_MISSING. */
  forCapsule(name: string): Engine {
    const standIn = this.#entries.find(({ standsInFor = [] }) => standsInFor.some((other) => other.name === name));
    return standIn ? this.#mustWork(standIn.engine) : this.usable(name);
  }

  /** Whose image this is or would be, also where nothing can be made of it here. Throws ENGINE_UNKNOWN. */
  ownerOf(imageName: string): Engine {
    return this.#ofPrefix(parseImageName(imageName)?.engine ?? imageName);
  }

  /** The engine for VMs of images whose names begin so. Throws ENGINE_UNKNOWN or ENGINE_MISSING. */
  forPrefix(prefix: string): Engine {
    return this.#mustWork(this.#ofPrefix(prefix));
  }

  /** The default engine for VMs without an image: the first enabled one. Throws ENGINE_MISSING. */
  fallback(): Engine {
    const [first] = this.#entries.filter(({ use }) => use === 'enabled');
    if (!first) throw new Error('an agent without any engine was assembled');
    return this.#mustWork(first.engine);
  }

  /** Why no VM can be made from an image of this name; null when one can, or while that is not known yet. */
  imageProblem(imageName: string): TtError | null {
    try {
      this.#mustWork(this.ownerOf(imageName));
      return null;
    } catch (error) {
      if (error instanceof TtError) return error;
      throw error;
    }
  }

  async #init(engine: Engine): Promise<void> {
    try {
      await engine.init();
      this.#initialized.add(engine);
    } catch (error) {
      this.#problems.set(engine, reasonOf(error));
      this.#onUnusable(engine, error);
    }
  }

  #ofPrefix(prefix: string): Engine {
    const owners = this.#entries.filter(({ engine, standsInFor = [] }) =>
      [engine, ...standsInFor].some(({ prefixes }) => prefixes.includes(prefix)),
    );
    const found = owners.find(({ use }) => use === 'enabled') ?? owners[0];
    if (found) return found.engine;
    throw this.#unknown(prefix);
  }

  #mustWork(engine: Engine): Engine {
    const problem = this.problemOf(engine);
    if (problem === null) return engine;
    throw new TtError('ENGINE_MISSING', { engine: engine.name, reason: problem });
  }

  #unknown(engine: string): TtError {
    const known = this.list().flatMap(({ prefixes }) => prefixes);
    return new TtError('ENGINE_UNKNOWN', { engine, known, suggestions: nearMatches(engine, known) });
  }
}
