// Pauses a group of guests at (nearly) one instant, and resumes them together, whatever happens in between.
import { EngineError } from '../../engines/errors.ts';
import type { RunningVm } from '../../engines/interface.ts';

export interface Instant {
  /** Milliseconds between the first and the last guest to be paused. */
  skewMs: number;
  /** Milliseconds from the first pause until all guests have resumed. */
  pausedMs: number;
}

/** Creates the error for a guest that could not be paused or did not resume. */
export type GuestFailure = (vm: RunningVm, error: unknown) => unknown;

/**
 * Pauses all, runs `work`, resumes all: also when `work` fails. A guest that `work` has started joins the others: it is paused
 * and resumed with them. Rejects with the failure of `work`, or of a guest that could not be paused or does not resume.
 */
export async function atOneInstant<Result>(
  vms: readonly RunningVm[],
  work: (join: (vm: RunningVm) => Promise<void>) => Promise<Result>,
  guestFailure: GuestFailure = (_vm, error) => error,
): Promise<{ result: Result; instant: Instant }> {
  const firstPause = performance.now();
  let lastPause: number;
  let result: Result;
  const all = [...vms];
  try {
    lastPause = await pauseAll(vms, guestFailure);
    result = await work(async (vm) => {
      all.push(vm);
      await vm.pause();
    });
  } catch (error) {
    await resumeAll(all);
    throw error;
  }
  for (const { vm, error } of await resumeAll(all)) throw await guestFailure(vm, error);
  return {
    result,
    instant: {
      skewMs: vms.length === 0 ? 0 : round(lastPause - firstPause),
      pausedMs: round(performance.now() - firstPause),
    },
  };
}

/** Waits for every guest, also after one failed: a pause that comes late must not come after the resume. */
async function pauseAll(vms: readonly RunningVm[], guestFailure: GuestFailure): Promise<number> {
  let lastPause = 0;
  const failures: { vm: RunningVm; error: unknown }[] = [];
  await Promise.all(
    vms.map(async (vm) => {
      try {
        await vm.pause();
        lastPause = performance.now();
      } catch (error) {
        failures.push({ vm, error });
      }
    }),
  );
  for (const { vm, error } of failures) throw await guestFailure(vm, error);
  return lastPause;
}

/** Resumes all; returns those that are alive but did not resume. The watch detects a guest that died meanwhile. */
async function resumeAll(vms: readonly RunningVm[]): Promise<{ vm: RunningVm; error: unknown }[]> {
  const stuck: { vm: RunningVm; error: unknown }[] = [];
  await Promise.all(
    vms.map(async (vm) => {
      try {
        await vm.resume();
      } catch (error) {
        if (!(error instanceof EngineError && error.code === 'VM_GONE')) stuck.push({ vm, error });
      }
    }),
  );
  return stuck;
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
