// The `zfs` command (zfs(8)) as the storage uses it. Its output is checked closely: a failure is never taken for “does not
// exist”, and commands on a busy dataset are retried. It does not use `-p` of `zfs list`, which zfs-fuse lacks.
import { setTimeout as delay } from 'node:timers/promises';
import { Mutex } from '../../host/mutex.ts';
import { RunError } from '../../host/run-command.ts';
import { runDiskTool, type ToolOptions } from '../disk-tool.ts';
import { StorageError } from '../errors.ts';
import { IncrementCounter } from './increment-counter.ts';

/** Runs `zfs` and resolves with its output, or passes it on as bytes. Replaced by tests. */
export type ZfsRunner = (
  args: readonly string[],
  options?: Pick<ToolOptions, 'onBytes' | 'signal' | 'timeoutMs'>,
) => Promise<string>;

/** One at a time in this process: two clones at once end zfs-fuse itself, and ZFS would let them wait for each other anyway. */
const queue = new Mutex();
const runInTurn: ZfsRunner = (args, options) => queue.run(() => runDiskTool('zfs', args, options));

export interface ZfsEntry {
  /** Of a snapshot with `@`. */
  name: string;
  /** The snapshot a clone was made from. */
  origin: string | null;
  /** A snapshot that only waits for its last clone. */
  isGoing: boolean;
}

/**
 * How long to retry while `zfs` reports something as busy (a dataset whose files were just closed): removals are left to a
 * later sweep.
 */
const BUSY_WAITS_MS = [20, 50, 100, 200];
/** The longest an increment is read: other commands wait meanwhile. */
const INCREMENT_TIMEOUT_MS = 3_000;
/** Ends the reading of an increment that is larger than wanted. */
const ENOUGH = Symbol('enough');

export class ZfsTool {
  readonly #run: ZfsRunner;

  constructor(run: ZfsRunner = runInTurn) {
    this.#run = run;
  }

  /** Everything below a dataset, itself included. */
  async list(dataset: string): Promise<ZfsEntry[]> {
    const text = await this.#run([
      'list',
      '-H',
      '-o',
      'name,origin,defer_destroy',
      '-t',
      'filesystem,volume,snapshot',
      '-r',
      dataset,
    ]);
    return rows(text).map(([name = '', origin = '-', deferred]) => ({
      name,
      origin: origin === '-' ? null : origin,
      isGoing: deferred === 'on',
    }));
  }

  /** False only if `zfs` reports exactly that this dataset does not exist. */
  async exists(dataset: string): Promise<boolean> {
    try {
      await this.#run(['list', '-H', '-o', 'name', dataset]);
      return true;
    } catch (error) {
      if (isMissing(error, dataset)) return false;
      throw error;
    }
  }

  /** Exact numbers: unlike `list`, `get` has `-p` everywhere. Null for a property that has no value. */
  async get(dataset: string, property: string): Promise<string | null> {
    const value = (await this.#run(['get', '-H', '-p', '-o', 'value', property, dataset])).trim();
    return value === '-' ? null : value;
  }

  /** By name, of a dataset and all below it. */
  async getAll(dataset: string, property: string): Promise<Map<string, string>> {
    const text = await this.#run(['get', '-H', '-p', '-r', '-o', 'name,value', property, dataset]);
    return new Map(rows(text).flatMap(([name = '', value = '-']) => (value === '-' ? [] : [[name, value] as const])));
  }

  async set(dataset: string, property: string, value: string): Promise<void> {
    await this.#run(['set', `${property}=${value}`, dataset]);
  }

  async create(dataset: string, volumeBytes: number | null = null): Promise<void> {
    // -s: a volume takes what is written, not what it could hold.
    await this.#run(['create', ...(volumeBytes === null ? [] : ['-s', '-V', String(volumeBytes)]), dataset]);
  }

  async clone(snapshot: string, dataset: string): Promise<void> {
    await this.#run(['clone', snapshot, dataset]);
  }

  async snapshot(snapshot: string): Promise<void> {
    await this.#run(['snapshot', snapshot]);
  }

  /**
   * How many bytes the blocks have that were written between two snapshots: what was written is read, and nothing else. Null if that
   * is more than `mostBytes`, or takes longer than three seconds.
   */
  async writtenBytes(from: string, to: string, mostBytes: number): Promise<number | null> {
    const counter = new IncrementCounter();
    const stop = new AbortController();
    const onBytes = (bytes: Buffer) => {
      counter.add(bytes);
      if (counter.writtenBytes > mostBytes || counter.problem !== null) stop.abort(ENOUGH);
    };
    try {
      const { signal } = stop;
      await this.#run(['send', '-i', from, to], { onBytes, signal, timeoutMs: INCREMENT_TIMEOUT_MS });
    } catch (error) {
      if (isTimeout(error)) return null;
      if (error !== ENOUGH) throw error;
    }
    if (counter.writtenBytes > mostBytes) return null;
    if (counter.problem === null && counter.isWhole) return counter.writtenBytes;
    throw new StorageError('STORAGE_FAILED', `zfs send gave ${counter.problem ?? 'no whole increment'}`);
  }

  /** Of a dataset or of a snapshot. */
  rename(from: string, to: string): Promise<void> {
    return this.#untilNotBusy(['rename', from, to]);
  }

  /** Idempotent. `-r`: with its snapshots. */
  destroy(dataset: string, options: { withSnapshots?: boolean } = {}): Promise<void> {
    return this.#destroy(options.withSnapshots ? ['-r', dataset] : [dataset], dataset);
  }

  /** Deletes a snapshot now, or as soon as its last clone is gone. Idempotent. */
  destroyLater(snapshot: string): Promise<void> {
    return this.#destroy(['-d', snapshot], snapshot);
  }

  async #destroy(args: string[], name: string): Promise<void> {
    try {
      await this.#untilNotBusy(['destroy', ...args]);
    } catch (error) {
      if (!isMissing(error, name)) throw error;
    }
  }

  async #untilNotBusy(args: string[]): Promise<void> {
    for (const waitMs of BUSY_WAITS_MS) {
      try {
        await this.#run(args);
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
      await delay(waitMs);
    }
    await this.#run(args);
  }
}

/** `zfs` reports it for exactly this one; for another (the pool, a clone’s origin), or with another message, it is a failure. */
export function isMissing(error: unknown, name: string): boolean {
  if (!(error instanceof StorageError)) return false;
  const lines = error.message.split('\n').map((line) => line.replace(/^.*: (?=cannot )/, '').trim());
  // OpenZFS answers a destroy of a snapshot that is not there with the second one.
  return lines.some(
    (line) =>
      line === `cannot open '${name}': dataset does not exist` ||
      (name.includes('@') && line.endsWith('could not find any snapshots to destroy; check snapshot names.')),
  );
}

function isTimeout(error: unknown): boolean {
  return error instanceof StorageError && error.cause instanceof RunError && error.cause.timedOut;
}

export function isBusy(error: unknown): boolean {
  return error instanceof StorageError && /(\bis|resource) busy\b/i.test(error.message);
}

/** Something that must stay depends on it: clones, or a snapshot that is removed with its last clone. */
export function isNeeded(error: unknown): boolean {
  return error instanceof StorageError && /has (dependent clones|children)/.test(error.message);
}

function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}
