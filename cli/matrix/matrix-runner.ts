// Runs a matrix on the machines of its ENV: each goes its own way, and the first failure is kept for whoever looks at it later.
import {
  type Act,
  hasFailed,
  isOver,
  nextAct,
  planVm,
  settled,
  startedAct,
  type VmProgress,
  vmProgress,
} from '@tt/client/matrix-run';
import type { NodeConnection } from '@tt/client/node';
import { type MatrixFile, type MatrixReport, type RunVm, toErrorRecord, TtError, type Vm } from '@tt/protocol';
import { runOperation } from '../run-operation.ts';
import { OnVm } from './on-vm.ts';
import { type Pictures, PictureTaker } from './pictures.ts';
import { RunPool } from './run-pool.ts';

export interface MatrixParts {
  connection: NodeConnection;
  file: MatrixFile;
  envName: string;
  vms: readonly Vm[];
  artefactFolder: string;
  /** Overwrites artefacts of an earlier run. */
  force: boolean;
  wantsPictures: boolean;
  wantsSnapshot: boolean;
  /** The address of the snapshot in the window. */
  snapshotLink: string;
  signal: AbortSignal;
  onChange: (progress: VmProgress) => void;
  onBegun: (runId: string, vm: RunVm) => void;
}

export const SNAPSHOT_NAME = 'first-failure';

export class MatrixRunner {
  readonly #parts: MatrixParts;
  readonly #stopping = new AbortController();
  readonly #pictures: PictureTaker | null;
  readonly #progress: VmProgress[];
  #firstFailure: MatrixReport['firstFailure'] = null;
  #snapshot: MatrixReport['snapshot'] = null;

  constructor(parts: MatrixParts) {
    this.#parts = parts;
    this.#progress = parts.vms.map((vm) => vmProgress(planVm(parts.file, vm)));
    this.#pictures = parts.wantsPictures ? new PictureTaker(parts.connection) : null;
  }

  get vms(): readonly VmProgress[] {
    return this.#progress;
  }

  get firstFailure(): MatrixReport['firstFailure'] {
    return this.#firstFailure;
  }

  get snapshot(): MatrixReport['snapshot'] {
    return this.#snapshot;
  }

  /** By the id of the VM. */
  get pictures(): ReadonlyMap<string, Pictures> {
    return this.#pictures?.all ?? new Map();
  }

  /** Resolves when every machine is done, or cancelled. Rejects for faults of the program only. */
  async run(): Promise<void> {
    const { connection, envName, file, signal: cancel } = this.#parts;
    const signal = AbortSignal.any([cancel, this.#stopping.signal]);
    const pool = new RunPool(connection, envName, signal);
    const onVm = new OnVm({ ...this.#parts, signal, pool, guestTimeLimitMs: file.guestTimeLimitS * 1000 });
    try {
      const ends = await Promise.allSettled(this.#progress.map((_progress, index) => this.#drive(index, onVm, signal)));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    } finally {
      await pool.close();
    }
  }

  async #drive(index: number, onVm: OnVm, signal: AbortSignal): Promise<void> {
    try {
      for (let progress = this.#at(index); !isOver(progress); progress = this.#at(index)) {
        const act = nextAct(progress);
        if (!act) break;
        if (!signal.aborted) this.#set(index, startedAct(progress, act, new Date()));
        const outcome = signal.aborted ? ({ kind: 'cancelled' } as const) : await onVm.perform(progress.plan, act);
        this.#set(index, settled(this.#at(index), outcome, new Date()));
        if (hasFailed(this.#at(index))) await this.#failed(this.#at(index), act, signal);
      }
      if (!signal.aborted) await this.#pictures?.take('atEnd', [this.#at(index).plan]);
    } catch (error) {
      // The others need not go on.
      this.#stopping.abort();
      throw error;
    }
  }

  #at(index: number): VmProgress {
    const progress = this.#progress[index];
    if (!progress) throw new RangeError('no such machine in the matrix');
    return progress;
  }

  #set(index: number, progress: VmProgress): void {
    this.#progress[index] = progress;
    this.#parts.onChange(progress);
  }

  /** Of all machines only the first time: how all screens look, and a snapshot. What fails of that is told and ends nothing. */
  async #failed({ plan }: VmProgress, act: Act, signal: AbortSignal): Promise<void> {
    if (this.#firstFailure !== null || signal.aborted) return;
    const step = act.step === null ? null : (plan.steps[act.step]?.name ?? null);
    this.#firstFailure = { vmName: plan.vmName, step, at: new Date().toISOString() };
    await this.#pictures?.take(
      'atFailure',
      this.#progress.map((progress) => progress.plan),
    );
    if (this.#parts.wantsSnapshot) this.#snapshot = await this.#takeSnapshot(plan.vmName, step);
  }

  async #takeSnapshot(vmName: string, step: string | null): Promise<MatrixReport['snapshot']> {
    const { connection, envName, snapshotLink: link } = this.#parts;
    const title = `${vmName}: ${step ?? 'before the first step'}`.slice(0, MOST_TITLE);
    try {
      await runOperation(
        connection,
        (operationId) => connection.client.snapshot.create({ operationId, envName, name: SNAPSHOT_NAME, title }),
        { isShown: false },
      );
      return { name: SNAPSHOT_NAME, link, failure: null };
    } catch (error) {
      if (!(error instanceof TtError)) throw error;
      return { name: SNAPSHOT_NAME, link: null, failure: toErrorRecord(error) };
    }
  }
}

const MOST_TITLE = 200;
