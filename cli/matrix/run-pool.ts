// Commands on single machines of one ENV, as runs. Machines that are to run the same at the same moment share a run, and a user has few
// runs at once: the others wait for one to end.
import { randomUUID } from 'node:crypto';
import type { PlannedWork } from '@tt/client/matrix-run';
import type { NodeConnection } from '@tt/client/node';
import { type RunDetail, type RunVm, TtError } from '@tt/protocol';
import { RunFollower } from '../runs/run-follower.ts';

export interface PoolWork extends PlannedWork {
  waitMs: number;
}

/** One machine of a run that has ended there. */
export interface Ran {
  runId: string;
  vm: RunVm;
  /** Nobody needs the run any more: it is deleted when all of its machines say so. */
  forget: () => void;
}

/** For one machine. */
interface Wanted {
  vmId: string;
  key: string;
  work: PoolWork;
  onBegun: ((runId: string, vm: RunVm) => void) | undefined;
  end: PromiseWithResolvers<Ran | null>;
}

/** The user may have runs elsewhere, of whose ends nobody tells here. */
const LOOK_AGAIN_MS = 1_000;

export class RunPool {
  readonly #client: NodeConnection['client'];
  readonly #envName: string;
  readonly #signal: AbortSignal;
  readonly #follower: RunFollower;
  /** Those under way, each with what ends the waiting for it. */
  readonly #active = new Map<string, (why: unknown) => void>();
  #waiting: Wanted[] = [];
  #isPumping = false;
  #failure: { error: unknown } | null = null;
  #again: NodeJS.Timeout | undefined;

  /** Aborting `signal` cancels all that runs. */
  constructor(connection: NodeConnection, envName: string, signal: AbortSignal) {
    this.#client = connection.client;
    this.#envName = envName;
    this.#signal = signal;
    this.#follower = new RunFollower(connection);
    this.#follower.broken.catch((error: unknown) => this.#giveUp(error));
    signal.addEventListener('abort', this.#cancelAll);
  }

  /**
   * How the command ended on the machine; null if it was cancelled before it began. `onBegun`: from when on its output can be followed.
   * Rejects as `run.start` does, and as the link does when it stays down.
   */
  run(vmId: string, work: PoolWork, onBegun?: (runId: string, vm: RunVm) => void): Promise<Ran | null> {
    if (this.#signal.aborted) return Promise.resolve(null);
    if (this.#failure) return Promise.reject(this.#failure.error);
    const wanted = { vmId, key: JSON.stringify(work), work, onBegun, end: Promise.withResolvers<Ran | null>() };
    this.#waiting.push(wanted);
    // Others may want the same in this turn.
    queueMicrotask(() => void this.#pump());
    return wanted.end.promise;
  }

  async close(): Promise<void> {
    clearTimeout(this.#again);
    this.#signal.removeEventListener('abort', this.#cancelAll);
    await this.#follower.stop();
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (let [first] = this.#waiting; first && !this.#signal.aborted; [first] = this.#waiting) {
        const { key, work } = first;
        const group = this.#waiting.filter((one) => one.key === key);
        this.#waiting = this.#waiting.filter((one) => one.key !== key);
        if (!(await this.#start(group, work))) return;
      }
    } finally {
      this.#isPumping = false;
    }
  }

  /** False when there are too many runs at this moment. Never rejects. */
  async #start(group: readonly Wanted[], work: PoolWork): Promise<boolean> {
    const vmIds = group.map(({ vmId }) => vmId);
    try {
      const request = { runId: randomUUID(), envName: this.#envName, vmIds, ...work };
      this.#follow(await this.#client.run.start(request), group);
      return true;
    } catch (error) {
      if (error instanceof TtError && error.code === 'RUN_LIMIT' && !this.#signal.aborted) {
        this.#waiting = [...group, ...this.#waiting];
        clearTimeout(this.#again);
        this.#again = setTimeout(() => void this.#pump(), LOOK_AGAIN_MS);
        return false;
      }
      for (const { end } of group) end.reject(error);
      return true;
    }
  }

  #follow(detail: RunDetail, group: readonly Wanted[]): void {
    const { id: runId } = detail.run;
    const left = new Map(group.map((one) => [one.vmId, one]));
    const begun = new Set<string>();
    let held = group.length;
    const deleteUnheld = () => {
      // Its ENV may be gone; the server deletes old runs anyway.
      if (held === 0 && !this.#active.has(runId)) this.#client.run.delete({ runId }).catch(() => {});
    };
    const forget = () => {
      held--;
      deleteUnheld();
    };
    const over = () => {
      this.#follower.remove(runId);
      this.#active.delete(runId);
      deleteUnheld();
      void this.#pump();
    };
    const take = (vm: RunVm) => {
      const wanted = left.get(vm.vmId);
      if (!wanted) return;
      if (vm.startedAt !== null && !begun.has(vm.vmId)) {
        begun.add(vm.vmId);
        wanted.onBegun?.(runId, vm);
      }
      if (vm.state === 'waiting' || vm.state === 'running') return;
      left.delete(vm.vmId);
      wanted.end.resolve({ runId, vm, forget });
    };
    const fail = (why: unknown) => {
      for (const { end } of left.values()) end.reject(why);
      over();
    };
    this.#active.set(runId, fail);
    if (this.#signal.aborted) this.#cancel(runId);
    this.#follower.add(detail, {
      changed: ({ run, vms }) => {
        for (const vm of vms) take(vm);
        if (run.state !== 'ended') return;
        // Events of many machines come in several.
        if (left.size > 0) this.#follower.ask(runId);
        else over();
      },
      gone: fail,
    });
    this.#follower.ask(runId);
  }

  readonly #cancelAll = () => {
    for (const { end } of this.#waiting) end.resolve(null);
    this.#waiting = [];
    for (const runId of this.#active.keys()) this.#cancel(runId);
  };

  #cancel(runId: string): void {
    this.#client.run.cancel({ runId }).catch((error: unknown) => {
      // It may have ended; a broken link ends all, and is told there.
      if (!(error instanceof TtError)) this.#giveUp(error);
    });
  }

  /** Nobody tells any more how anything ends. */
  #giveUp(error: unknown): void {
    this.#failure = { error };
    for (const { end } of this.#waiting) end.reject(error);
    this.#waiting = [];
    for (const fail of this.#active.values()) fail(error);
  }
}
