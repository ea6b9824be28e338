// The runs of this agent: starts them, holds those that are kept, and removes them with their ENV, when they are old, or when there are
// too many.
import { randomUUID } from 'node:crypto';
import { type Run, type RunVm, TtError, toErrorRecord } from '@tt/protocol';
import type { Logger } from 'pino';
import { payersOf } from '../access/owners.ts';
import type { EventLog } from '../events/event-log.ts';
import { eachApartInTurn } from '../host/each-apart.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { DiskBudget } from '../storage/disk-budget.ts';
import type { KeptOutput } from './kept-output.ts';
import { type Guests, reachGuest } from './reach-guest.ts';
import { RunEntry } from './run-entry.ts';
import { RunFiles } from './run-files.ts';
import { runOnVm } from './run-on-vm.ts';
import { lostNote, lostWithAgent, newNote } from './run-notes.ts';
import { type NewRun, startOf } from './run-request.ts';
import { Slots } from '../host/slots.ts';

/** Of one user. */
const MOST_AT_ONCE = 16;
/** Commands of one run at once; the others wait. */
const WIDTH = 64;
/** Ended runs that are kept of one ENV, and for how long. */
const MOST_KEPT = 50;
const KEPT_MS = 7 * 24 * 3_600_000;
/** Opening the channel is all that is wanted. */
const GREETING = { via: 'guestChannel', request: { argv: [] } } as const;

export interface RunsParts extends Guests {
  directory: string;
  inventory: Pick<Inventory, 'findVm' | 'hasEnv' | 'env' | 'ownersOf'>;
  log: Pick<EventLog, 'publish'>;
  budget: Pick<DiskBudget, 'open'>;
  logger: Logger;
  now: () => Date;
}

export class Runs {
  readonly #parts: RunsParts;
  readonly #files: RunFiles;
  readonly #entries = new Map<string, RunEntry>();
  /** Those that are being written down; their calls may be repeated meanwhile. */
  readonly #starting = new Map<string, Promise<void>>();
  /** Machines on which something ran when an earlier agent ended. */
  readonly #lost = new Set<string>();
  readonly #closing = new AbortController();
  /** What goes on and belongs to no entry any more. */
  readonly #background = new Set<Promise<unknown>>();

  constructor(parts: RunsParts) {
    this.#parts = parts;
    this.#files = new RunFiles(parts.directory);
  }

  /** Loads the runs of an earlier agent; those that were under way are lost. */
  async init(): Promise<void> {
    for (const note of await this.#files.init()) {
      if (!this.#parts.inventory.hasEnv(note.run.envName)) {
        await this.#files.remove(note.run.id);
        continue;
      }
      const isLost = note.run.state === 'running';
      // What ran over ssh ended with the connection.
      if (isLost && note.run.via !== 'ssh') {
        for (const vm of note.vms) if (vm.endedAt === null) this.#lost.add(vm.vmId);
      }
      const known = isLost ? await lostNote(this.#files, note, this.#parts.now()) : note;
      const entry = new RunEntry(known, this.#entryParts());
      this.#entries.set(entry.id, entry);
      // Where the disk is full the note stays as it was: the next start finds the same.
      if (isLost)
        await this.#files.write(entry.note()).catch((error: unknown) => this.#warn(entry, error, 'write down'));
    }
  }

  /** Asks the guests in which something ran when an earlier agent ended: the helper there then ends it. Nobody waits for it. */
  endLost(): void {
    for (const vmId of this.#lost) {
      const vm = this.#parts.inventory.findVm(vmId);
      if (!vm) continue;
      this.#inBackground(
        reachGuest(this.#parts, vm, GREETING, 0, this.#closing.signal).catch((error: unknown) =>
          this.#parts.logger.info({ err: error, vmId }, 'could not ask a guest to end what an earlier agent ran in it'),
        ),
      );
    }
    this.#lost.clear();
  }

  /** Oldest first. */
  list(envName?: string): RunEntry[] {
    return [...this.#entries.values()].filter((entry) => envName === undefined || entry.envName === envName);
  }

  /** Throws RUN_NOT_FOUND. */
  get(runId: string): RunEntry {
    const entry = this.#entries.get(runId);
    if (!entry) throw new TtError('RUN_NOT_FOUND', { runId });
    return entry;
  }

  /** Throws RUN_NOT_FOUND, or VM_NOT_FOUND if it did not run there. */
  output(runId: string, vmId: string, channel: 'stdout' | 'stderr'): KeptOutput {
    const output = this.get(runId).output(vmId, channel);
    if (!output) throw new TtError('VM_NOT_FOUND', { vmId });
    return output;
  }

  /** That which an earlier call of the same user with this id has begun; null: none. */
  async begun({ id = '', envName }: Pick<NewRun, 'id' | 'envName'>, callerName: string): Promise<RunEntry | null> {
    const known = this.#entries.get(id);
    if (known?.envName !== envName || known.view().startedBy !== callerName) return null;
    await this.#starting.get(id);
    return known;
  }

  /** Resolves when it is written down and has begun. RUN_LIMIT, DISK_FULL, AGENT_GONE once the agent is stopping. */
  async start(wanted: NewRun, callerName: string): Promise<RunEntry> {
    const { id: wantedId, envName } = wanted;
    const known = wantedId === undefined ? undefined : this.#entries.get(wantedId);
    if (known && known.envName === envName && known.view().startedBy === callerName) {
      await this.#starting.get(known.id);
      return known;
    }
    if (this.#closing.signal.aborted) throw new TtError('AGENT_GONE', { call: 'run.start' });
    const own = this.list().filter((entry) => entry.isRunning && entry.view().startedBy === callerName);
    if (own.length >= MOST_AT_ONCE) throw new TtError('RUN_LIMIT', { most: MOST_AT_ONCE });
    // An id that is somebody else's is not this one's: it gets one of its own.
    const id = known || wantedId === undefined ? randomUUID() : wantedId;
    const entry = new RunEntry(newNote(id, wanted, callerName, this.#parts.now()), this.#entryParts());
    // From here on a repeated call finds it.
    this.#entries.set(id, entry);
    const starting = this.#begin(entry, wanted);
    this.#starting.set(id, starting);
    try {
      await starting;
    } finally {
      this.#starting.delete(id);
    }
    return entry;
  }

  async #begin(entry: RunEntry, wanted: NewRun): Promise<void> {
    const { id, envName } = entry;
    try {
      const payers = payersOf(this.#parts.inventory.env(envName));
      const folders = [this.#parts.directory];
      const measured = [this.#files.folderOf(id)];
      const request = { ...payers, isAdmitted: true, subject: envName, folders, measured };
      const growth = await this.#parts.budget.open(request);
      try {
        await this.#files.create(entry.note());
        // It may have been deleted meanwhile, and its runs with it.
        this.#parts.inventory.env(envName);
      } catch (error) {
        growth.close();
        await this.#files.remove(id);
        throw error;
      }
      entry.begin(() => !growth.write.signal.aborted);
      entry.done = this.#run(entry, wanted)
        .catch((error: unknown) => this.#parts.logger.error({ err: error, runId: id }, 'a run failed'))
        .finally(() => growth.close());
      // At once: between two sweeps somebody could begin any number of them.
      this.#inBackground(entry.done.then(() => this.#dropTooMany(envName)));
    } catch (error) {
      this.#entries.delete(id);
      await entry.forget();
      throw error;
    }
  }

  /** Kills what has not ended; resolves at once. */
  cancel(runId: string): RunEntry {
    const entry = this.get(runId);
    entry.cancel(new Error('the run was cancelled'));
    return entry;
  }

  /** Cancels it if it runs, and deletes it with its output. */
  async delete(runId: string): Promise<void> {
    await this.#starting.get(runId);
    const entry = this.cancel(runId);
    await entry.done;
    await this.#remove(entry);
  }

  /** To be called when ENVs were deleted. */
  forgetGone(): void {
    for (const entry of this.#entries.values()) {
      if (this.#parts.inventory.hasEnv(entry.envName)) continue;
      this.#entries.delete(entry.id);
      entry.cancel(new Error('its ENV was deleted'));
      this.#inBackground(this.#leave(entry).catch((error: unknown) => this.#warn(entry, error)));
    }
  }

  /** Removes ended runs that are old or too many. */
  async sweep(): Promise<void> {
    const oldest = this.#parts.now().getTime() - KEPT_MS;
    const kept = new Map<string, number>();
    const old = this.list()
      .toReversed()
      .filter((entry) => {
        if (entry.isRunning) return false;
        const newer = kept.get(entry.envName) ?? 0;
        kept.set(entry.envName, newer + 1);
        return newer >= MOST_KEPT || Date.parse(entry.view().endedAt ?? '') < oldest;
      });
    await eachApartInTurn(old, (entry) => this.#remove(entry));
  }

  /** Never rejects. */
  async #dropTooMany(envName: string): Promise<void> {
    const ended = this.list(envName).filter((entry) => !entry.isRunning);
    for (const entry of ended.slice(0, -MOST_KEPT)) {
      await this.#remove(entry).catch((error: unknown) => this.#warn(entry, error));
    }
  }

  /** Of runs that have ended, in the ENVs of this user; the disk budget counts the others. */
  storedBytes(owner: string): number {
    const { inventory } = this.#parts;
    return this.list().reduce((sum, entry) => {
      const isTheirs = inventory.hasEnv(entry.envName) && inventory.env(entry.envName).owner === owner;
      return isTheirs && !entry.isRunning ? sum + entry.keptBytes : sum;
    }, 0);
  }

  /** Kills what runs, which is lost then. */
  async close(): Promise<void> {
    this.#closing.abort(new TtError('AGENT_GONE', { call: 'run.start' }));
    for (const entry of this.#entries.values()) entry.cancel(this.#closing.signal.reason as Error);
    // Those that are just being written down begin, and end at once.
    await Promise.allSettled(this.#starting.values());
    await Promise.allSettled(this.#background);
  }

  async #run(entry: RunEntry, { vms, timeoutMs, waitMs, via = 'guestChannel', ...wanted }: NewRun): Promise<void> {
    const { request, stdin } = startOf(wanted);
    const slots = new Slots(WIDTH);
    const { now, logger } = this.#parts;
    await Promise.all(
      vms.map(async (vm) => {
        const about = {
          vm,
          via,
          request,
          stdin,
          timeoutMs,
          waitMs,
          slots,
          onStart: (via: RunVm['via']) => entry.started(vm.id, now(), via),
          keep: (channel: 'stdout' | 'stderr', bytes: Buffer) => entry.keep(vm.id, channel, bytes),
        };
        const end = await runOnVm(this.#parts, about, entry.signal).catch((error: unknown) => {
          logger.error({ err: error, runId: entry.id, vmId: vm.id }, 'a run failed');
          const failure = toErrorRecord(new TtError('INTERNAL', { requestId: entry.id }));
          return { state: 'lost' as const, exitCode: null, signal: null, failure };
        });
        await entry.ended(vm.id, this.#isStopping(end.state) ? lostWithAgent(vm.name) : end, now());
      }),
    );
    await entry.finish(now());
  }

  #isStopping(state: RunVm['state']): boolean {
    return state === 'cancelled' && this.#closing.signal.aborted;
  }

  async #remove(entry: RunEntry): Promise<void> {
    const isKnown = this.#entries.delete(entry.id);
    await entry.forget();
    try {
      await this.#files.remove(entry.id);
    } catch (error) {
      if (isKnown) this.#entries.set(entry.id, entry);
      throw error;
    }
    if (isKnown) this.#tellDeleted(entry);
  }

  /** Of a run whose ENV is gone: nobody finds it any more, whatever becomes of its files. */
  async #leave(entry: RunEntry): Promise<void> {
    await entry.done;
    await entry.forget();
    this.#tellDeleted(entry);
    await this.#files.remove(entry.id);
  }

  #tellDeleted({ id, envName }: RunEntry): void {
    this.#parts.log.publish('run.deleted', { id, envName });
  }

  #entryParts() {
    return {
      files: this.#files,
      publish: (run: Run, vms: readonly RunVm[]) => {
        const { inventory, log } = this.#parts;
        log.publish('run.updated', { run, vms: [...vms] }, inventory.ownersOf(run.envName) ?? []);
      },
      onProblem: (error: unknown, vmId?: string) =>
        this.#parts.logger.warn({ err: error, ...(vmId !== undefined && { vmId }) }, 'a run could not be written down'),
    };
  }

  #warn(entry: RunEntry, error: unknown, what: 'remove' | 'write down' = 'remove'): void {
    this.#parts.logger.warn({ err: error, runId: entry.id }, `could not ${what} a run; the next start does`);
  }

  /** `work` never rejects. */
  #inBackground(work: Promise<unknown>): void {
    this.#background.add(work);
    void work.finally(() => this.#background.delete(work));
  }
}
