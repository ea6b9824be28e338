// Carries out what is next on one machine of a matrix: commands, services that are waited for, files that are fetched.
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Act,
  isListening,
  LISTENING,
  type Outcome,
  type PlannedService,
  type VmPlan,
} from '@tt/client/matrix-run';
import type { NodeConnection } from '@tt/client/node';
import {
  type MatrixArtefact,
  type MatrixFetched,
  type MatrixOutput,
  MOST_REPORTED_BYTES,
  type RunVm,
  toErrorRecord,
  TtError,
} from '@tt/protocol';
import { folderFor } from '../guest-files/pull-from-each.ts';
import { pullFiles } from '../guest-files/pull-files.ts';
import { outputText } from '../runs/output-text.ts';
import type { PoolWork, Ran, RunPool } from './run-pool.ts';
import { Turns } from './turns.ts';

export interface OnVmParts {
  connection: NodeConnection;
  pool: RunPool;
  /** For how long a guest that does not answer is waited for. */
  guestTimeLimitMs: number;
  /** Where artefacts go, each machine in a folder of its own. */
  artefactFolder: string;
  force: boolean;
  signal: AbortSignal;
  /** The output of a step can be followed from now on. */
  onBegun: (runId: string, vm: RunVm) => void;
}

/** Of all outputs of a report together. */
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;
/** Each has a stream, of which a user has a few. */
const FETCHES_AT_ONCE = 4;
const REACH_MS = 60_000;
/** Between looks at a service: the first soon, later ones seldom. */
const LOOK_MS = { first: 200, most: 2_000 };
const LEAST_MS = 100;

/** Of all machines of one matrix. */
export class OnVm {
  readonly #parts: OnVmParts;
  readonly #fetching = new Turns(FETCHES_AT_ONCE);
  #outputBytesLeft = MOST_OUTPUT_BYTES;

  constructor(parts: OnVmParts) {
    this.#parts = parts;
  }

  /** Rejects for faults of the program only. */
  async perform(plan: VmPlan, act: Act): Promise<Outcome> {
    try {
      return await this.#do(plan, act);
    } catch (error) {
      if (this.#parts.signal.aborted) return { kind: 'cancelled' };
      if (error instanceof TtError) return { kind: 'unreachable', failure: toErrorRecord(error) };
      throw error;
    }
  }

  async #do(plan: VmPlan, act: Act): Promise<Outcome> {
    const { pool, guestTimeLimitMs, onBegun } = this.#parts;
    switch (act.do) {
      case 'reach': {
        const work = { command: { argv: ['true'] }, timeoutMs: REACH_MS, waitMs: guestTimeLimitMs };
        const looked = await this.#look(plan.vmId, work);
        return looked.vm === null || looked.vm.state === 'exited' ? { kind: 'done' } : notAsked(looked.vm);
      }
      case 'await':
        return this.#await(plan, act.service);
      case 'run': {
        await sleep(act.afterMs, undefined, { signal: this.#parts.signal });
        const ran = await pool.run(plan.vmId, { ...act.work, waitMs: guestTimeLimitMs }, onBegun);
        if (ran === null) return { kind: 'cancelled' };
        const { state, exitCode, signal, failure } = ran.vm;
        const [stdout, stderr] = [await this.#output(ran, 'stdout'), await this.#output(ran, 'stderr')];
        return { kind: 'ran', end: { state, exitCode, signal, failure, stdout, stderr } };
      }
      case 'fetch': {
        const fetched: MatrixFetched[] = [];
        const step = act.step === null ? null : { index: act.step, name: plan.steps[act.step]?.name ?? '' };
        for (const artefact of act.artefacts) {
          if (this.#parts.signal.aborted) break;
          fetched.push(await this.#fetching.use(() => this.#fetch(plan, step, artefact)));
        }
        return { kind: 'fetched', fetched };
      }
      default:
        return act satisfies never;
    }
  }

  /** Asks again and again until it is there, or has had its time. */
  async #await(plan: VmPlan, { check, timeLimitMs, text }: PlannedService): Promise<Outcome> {
    const deadline = performance.now() + timeLimitMs;
    const command = 'port' in check ? { script: { text: LISTENING } } : check.command;
    for (let waitMs = LOOK_MS.first; ; waitMs = Math.min(2 * waitMs, LOOK_MS.most)) {
      const leftMs = Math.max(LEAST_MS, Math.ceil(deadline - performance.now()));
      const looked = await this.#look(plan.vmId, { command, timeoutMs: leftMs, waitMs: Math.min(leftMs, HOUR_MS) });
      const { vm, stdout } = looked;
      if (vm === null) return { kind: 'cancelled' };
      if (vm.state === 'cancelled' || vm.state === 'unreachable' || vm.state === 'lost') return notAsked(vm);
      const isThere = 'port' in check ? isListening(stdout, check.port) : vm.state === 'exited' && vm.exitCode === 0;
      if (isThere) return { kind: 'done' };
      const restMs = deadline - performance.now();
      if (restMs <= 0) {
        const about = { vmName: plan.vmName, service: text, timeLimitS: Math.round(timeLimitMs / 1000) };
        return { kind: 'absent', failure: toErrorRecord(new TtError('MATRIX_SERVICE_ABSENT', about)) };
      }
      await sleep(Math.min(waitMs, restMs), undefined, { signal: this.#parts.signal });
    }
  }

  /** A run that nobody wants to see later. */
  async #look(vmId: string, work: PoolWork): Promise<{ vm: RunVm | null; stdout: string }> {
    const ran = await this.#parts.pool.run(vmId, work);
    if (ran === null) return { vm: null, stdout: '' };
    const { vm, runId } = ran;
    try {
      const place = { runId, vm, channel: 'stdout' } as const;
      return { vm, stdout: (await outputText(this.#parts.connection, place, MOST_REPORTED_BYTES)).text };
    } finally {
      ran.forget();
    }
  }

  async #output({ runId, vm }: Ran, channel: 'stdout' | 'stderr'): Promise<MatrixOutput> {
    const { bytes, keptBytes } = vm[channel];
    const most = Math.min(MOST_REPORTED_BYTES, this.#outputBytesLeft);
    this.#outputBytesLeft -= Math.min(most, keptBytes);
    try {
      return await outputText(this.#parts.connection, { runId, vm, channel }, most);
    } catch (error) {
      // The server keeps a number of runs, and somebody may have deleted it: how the step ended is known all the same.
      if (error instanceof TtError && error.code === 'RUN_NOT_FOUND') return { text: '', bytes, leftOutBytes: bytes };
      throw error;
    }
  }

  async #fetch(
    { vmId, vmName }: VmPlan,
    step: { index: number; name: string } | null,
    { path: wanted }: MatrixArtefact,
  ): Promise<MatrixFetched> {
    const { connection, artefactFolder, force } = this.#parts;
    const about = { path: wanted, step: step?.name ?? null };
    try {
      const pulled = await pullFiles(connection, {
        vm: { id: vmId, name: vmName },
        paths: [wanted],
        folder: path.join(artefactFolder, folderFor(vmName), ...(step ? [stepFolder(step)] : []), ...above(wanted)),
        force,
        more: {},
        onProgress: () => {},
        onKept: () => {},
      });
      const files = pulled.files.map(({ path: of, sizeBytes, file }) => ({ path: of, sizeBytes, file }));
      return { ...about, files, leftOut: pulled.leftOut, failure: null };
    } catch (error) {
      if (!(error instanceof TtError)) throw error;
      return { ...about, files: [], leftOut: [], failure: toErrorRecord(error) };
    }
  }
}

const HOUR_MS = 3_600_000;

function notAsked({ vmName, failure, state }: RunVm): Outcome {
  if (state === 'cancelled') return { kind: 'cancelled' };
  const record = failure ?? toErrorRecord(new TtError('RUN_END_UNCONFIRMED', { vmName }));
  return { kind: 'unreachable', failure: record };
}

/** The folders that a path is in, up to its first pattern: so no two files of one machine get the same name. */
function above(guestPath: string): string[] {
  const folders = guestPath.split('/').slice(1, -1);
  const pattern = folders.findIndex((folder) => /[*?[]/.test(folder));
  return folders.slice(0, pattern < 0 ? undefined : pattern).filter((folder) => folder !== '');
}

/** `2-install-the-server`: in the order of the steps, whatever they are called. */
function stepFolder({ index, name }: { index: number; name: string }): string {
  const word = name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  return word === '' ? `${index + 1}` : `${index + 1}-${word}`;
}
