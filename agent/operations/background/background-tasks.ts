// Runs the agent's periodic tasks, each with its own name and timer, so that one that fails or hangs does not delay the others.
// Keeps the state of each for `tt-agent doctor` and metrics, and logs when it changes.
import { type BackgroundTaskStatus, nearMatches, TtError } from '@tt/protocol';
import type { Logger } from 'pino';

export interface BackgroundTask {
  /** Stable and unique: the label of its metrics. */
  name: string;
  /** From the start of one run to the start of the next; a run that takes longer makes the next ones wait. */
  periodMs: number;
  /** It runs at the start too. Default: the first run is after one period. */
  atStart?: boolean;
  /** An administrator may start a run: it can’t do anything that would not be done soon. Default: false. */
  byHand?: boolean;
  /** A run that takes longer than this is shown as stuck. Default: two minutes. */
  stuckAfterMs?: number;
  /** One that returns no promise is over at once. */
  run(): unknown;
}

export interface BackgroundTasksParts {
  logger: Logger;
  /** Time of day, for people. */
  now: () => Date;
  /** Milliseconds of a monotonic clock. */
  monotonicMs?: () => number;
}

const STUCK_AFTER_MS = 120_000;
/** How long the end of the agent waits for runs under way; a task that hangs must not keep it up. */
const STOP_TIMEOUT_MS = 5_000;
/** Less than clients wait for an answer. */
const RUN_NOW_TIMEOUT_MS = 20_000;

interface Entry {
  task: BackgroundTask;
  timer: NodeJS.Timeout;
  /** On the monotonic clock. */
  nextRunMs: number;
  status: Omit<BackgroundTaskStatus, 'state' | 'nextRunAt' | 'isRunning'>;
  /** What was last logged. */
  logged: BackgroundTaskStatus['state'];
  run: { startedMs: number; ended: Promise<void> } | null;
}

export class BackgroundTasks {
  readonly #logger: Logger;
  readonly #now: () => Date;
  readonly #monotonicMs: () => number;
  readonly #entries: Entry[] = [];

  constructor({ logger, now, monotonicMs = () => performance.now() }: BackgroundTasksParts) {
    this.#logger = logger;
    this.#now = now;
    this.#monotonicMs = monotonicMs;
  }

  /** Runs each of them every period from now on. */
  start(tasks: readonly BackgroundTask[]): void {
    for (const task of tasks) {
      const entry: Entry = {
        task,
        timer: setInterval(() => this.#due(entry), task.periodMs),
        nextRunMs: this.#monotonicMs() + task.periodMs,
        status: {
          name: task.name,
          periodS: task.periodMs / 1000,
          lastSuccessAt: null,
          lastDurationMs: null,
          lastError: null,
          failureCount: 0,
          canRunNow: task.byHand ?? false,
        },
        logged: 'waiting',
        run: null,
      };
      this.#entries.push(entry);
      if (task.atStart) this.#tick(entry);
    }
  }

  /** In the order they were started. */
  list(): BackgroundTaskStatus[] {
    return this.#entries.map((entry) => this.#shown(entry));
  }

  /**
   * Runs one now, or joins its run under way, and waits for its end, but not longer than this; the state of a run that failed says so.
   * Throws TASK_NOT_FOUND with near matches, and TASK_NOT_BY_HAND.
   */
  async runNow(name: string, timeoutMs = RUN_NOW_TIMEOUT_MS): Promise<BackgroundTaskStatus> {
    const entry = this.#entries.find(({ task }) => task.name === name);
    if (!entry) {
      const names = this.#entries.map(({ task }) => task.name);
      throw new TtError('TASK_NOT_FOUND', { task: name, suggestions: nearMatches(name, names) });
    }
    if (!entry.task.byHand) throw new TtError('TASK_NOT_BY_HAND', { task: name });
    this.#tick(entry);
    if (entry.run) await within(entry.run.ended, timeoutMs);
    return this.#shown(entry);
  }

  /** Starts no further run, and waits a few seconds for running ones. */
  async stop(timeoutMs = STOP_TIMEOUT_MS): Promise<void> {
    for (const { timer } of this.#entries) clearInterval(timer);
    const underWay = this.#entries.flatMap(({ run }) => (run ? [run.ended] : []));
    if (underWay.length === 0) return;
    await within(Promise.all(underWay), timeoutMs);
  }

  #due(entry: Entry): void {
    entry.nextRunMs = this.#monotonicMs() + entry.task.periodMs;
    this.#tick(entry);
  }

  #shown(entry: Entry): BackgroundTaskStatus {
    const isRunning = entry.run !== null;
    const inMs = Math.max(0, entry.nextRunMs - this.#monotonicMs());
    const nextRunAt = isRunning ? null : new Date(this.#now().getTime() + inMs).toISOString();
    return { ...entry.status, state: this.#stateOf(entry), nextRunAt, isRunning };
  }

  #tick(entry: Entry): void {
    if (entry.run) {
      this.#logChange(entry, null);
      return;
    }
    const startedMs = this.#monotonicMs();
    try {
      const work = entry.task.run();
      if (work instanceof Promise) {
        const ended = work.then(
          () => this.#end(entry, startedMs, null),
          (error: unknown) => this.#end(entry, startedMs, { error }),
        );
        entry.run = { startedMs, ended };
      } else this.#end(entry, startedMs, null);
    } catch (error) {
      this.#end(entry, startedMs, { error });
    }
  }

  #end(entry: Entry, startedMs: number, failure: { error: unknown } | null): void {
    const { status } = entry;
    status.lastDurationMs = this.#monotonicMs() - startedMs;
    if (failure) {
      status.failureCount++;
      status.lastError = failure.error instanceof Error ? failure.error.message : String(failure.error);
    } else {
      status.lastError = null;
      status.lastSuccessAt = this.#now().toISOString();
    }
    entry.run = null;
    this.#logChange(entry, failure);
  }

  #stateOf({ task, status, run }: Entry): BackgroundTaskStatus['state'] {
    const stuckAfterMs = task.stuckAfterMs ?? STUCK_AFTER_MS;
    if (run && this.#monotonicMs() - run.startedMs > stuckAfterMs) return 'stuck';
    if (status.lastError !== null) return 'failing';
    return status.lastSuccessAt === null ? 'waiting' : 'ok';
  }

  /** One line when it starts to fail, hangs, or works again, not one for each run. */
  #logChange(entry: Entry, failure: { error: unknown } | null): void {
    const state = this.#stateOf(entry);
    const before = entry.logged;
    if (state === before) return;
    entry.logged = state;
    const about = { task: entry.task.name };
    if (state === 'stuck') this.#logger.error(about, 'a background task hangs: it does not run again until it ends');
    else if (state === 'failing') this.#logger.error({ ...about, err: failure?.error }, 'a background task failed');
    else if (before !== 'waiting') this.#logger.info(about, 'a background task succeeds again');
  }
}

/** Waits for work that never rejects, but not longer than this. */
async function within(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  await Promise.race([work, late]);
  clearTimeout(timer);
}
