// Pauses a group of guests at (nearly) one instant, and resumes them together, whatever happens in between. A guest that was
// paused before, or that its engine has paused meanwhile (a full disk), stays paused.
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

/** `isPaused`: it was started so, and need not be paused again, which QEMU would use to flush its disks. */
export type Join = (vm: RunningVm, options?: { isPaused?: boolean }) => Promise<void>;

export interface InstantOptions {
  guestFailure?: GuestFailure;
  /** Those that stay paused after `work` has succeeded. Default: none. */
  staysPaused?: (vm: RunningVm) => boolean;
  /** Awaited before the guests go on after a failure. Must not reject. */
  beforeResume?: () => Promise<void>;
}

/**
 * Pauses all, runs `work`, resumes those that ran: also when `work` fails. A guest that `work` has started joins the others: it
 * is paused with them and goes on with them. Rejects with the failure of `work`, or of a guest that could not be paused or does
 * not go on.
 */
export async function atOneInstant<Result>(
  vms: readonly RunningVm[],
  work: (join: Join) => Promise<Result>,
  { guestFailure = (_vm, error) => error, staysPaused = () => false, beforeResume }: InstantOptions = {},
): Promise<{ result: Result; instant: Instant }> {
  let paused: Paused;
  let result: Result;
  const held: RunningVm[] = [];
  try {
    paused = await pauseAll(vms, held, guestFailure);
    result = await work(async (vm, { isPaused = false } = {}) => {
      held.push(vm);
      if (!isPaused) await vm.pause();
    });
  } catch (error) {
    await beforeResume?.();
    await resumeAll(held);
    throw error;
  }
  const goOn = held.filter((vm) => !staysPaused(vm));
  for (const { vm, error } of await resumeAll(goOn)) throw await guestFailure(vm, error);
  return {
    result,
    instant: {
      skewMs: vms.length === 0 ? 0 : round(paused.last - paused.first),
      pausedMs: round(performance.now() - paused.first),
    },
  };
}

/** By performance.now(). */
interface Paused {
  first: number;
  last: number;
}

/**
 * Adds to `held` those that ran. Waits for every guest, also after one failed: a pause that comes late must not come after the
 * resume.
 */
async function pauseAll(vms: readonly RunningVm[], held: RunningVm[], guestFailure: GuestFailure): Promise<Paused> {
  const failures: { vm: RunningVm; error: unknown }[] = [];
  // Asked of all before any is paused, so that they are paused closely together.
  const ran = await Promise.all(vms.map(async (vm) => !(await vm.isPaused().catch(() => false))));
  held.push(...vms.filter((_vm, index) => ran[index]));
  const first = performance.now();
  let last = first;
  await Promise.all(
    vms.map(async (vm) => {
      try {
        await vm.pause();
        last = performance.now();
      } catch (error) {
        failures.push({ vm, error });
      }
    }),
  );
  for (const { vm, error } of failures) throw await guestFailure(vm, error);
  return { first, last };
}

/** Lets all go on that can; gives those that live but do not. A guest that died meanwhile is seen by its watch. */
async function resumeAll(vms: readonly RunningVm[]): Promise<{ vm: RunningVm; error: unknown }[]> {
  const stuck: { vm: RunningVm; error: unknown }[] = [];
  await Promise.all(
    vms.map(async (vm) => {
      if (vm.isInTrouble) return;
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
