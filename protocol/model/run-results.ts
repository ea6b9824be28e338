// How machines of runs have ended. Without the schemas, which `tt` need not load.
import type { RunCounts, RunVm } from './run.ts';

/** True when the command ended well there. */
export function hasSucceeded({ state, exitCode, failure }: Pick<RunVm, 'state' | 'exitCode' | 'failure'>): boolean {
  return state === 'exited' && exitCode === 0 && failure === null;
}

export function countRun(vms: readonly RunVm[]): RunCounts {
  const counts: RunCounts = {
    waiting: 0,
    running: 0,
    succeeded: 0,
    failed: 0,
    timedOut: 0,
    cancelled: 0,
    unreachable: 0,
    lost: 0,
  };
  for (const vm of vms) counts[vm.state === 'exited' ? (hasSucceeded(vm) ? 'succeeded' : 'failed') : vm.state]++;
  return counts;
}
