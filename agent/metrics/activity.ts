// What the agent did since it started: operations and calls, with their durations. Recorded when each one ends.
import type { Operation } from '@tt/protocol';
import { Histogram } from './histogram.ts';
import type { Family } from './text-format.ts';

/** From a snapshot in RAM to the build of an image. */
const OPERATION_BOUNDS_S = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];
/** Most calls are answered from memory; creating an ENV waits for its operation. */
const CALL_BOUNDS_S = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

export class Activity {
  readonly #operations = new Histogram({
    name: 'tt_operation_duration_seconds',
    help: 'How long operations took, by kind and result (succeeded, failed, cancelled).',
    bounds: OPERATION_BOUNDS_S,
  });
  readonly #calls = new Histogram({
    name: 'tt_call_duration_seconds',
    help: 'How long API calls took, by method and result (ok, or the code of the error).',
    bounds: CALL_BOUNDS_S,
  });

  /** Can be called for every state of every operation: a running one counts nothing, so the caller need not check. */
  operationChanged(operation: Pick<Operation, 'kind' | 'state' | 'startedAt' | 'endedAt'>): void {
    if (operation.state === 'running' || operation.endedAt === null) return;
    // The clock may have been set back in between.
    const durationS = Math.max(0, Date.parse(operation.endedAt) - Date.parse(operation.startedAt)) / 1000;
    this.#operations.observe({ kind: operation.kind, result: operation.state }, durationS);
  }

  /** `method` as in the contract (`env.create`), never what a client typed; `result` is `ok` or the code of the error. */
  callEnded(method: string, result: string, durationMs: number): void {
    this.#calls.observe({ method, result }, durationMs / 1000);
  }

  families(): Family[] {
    return [this.#operations.family(), this.#calls.family()];
  }
}
