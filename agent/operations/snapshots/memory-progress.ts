// How much of the memory of several guests is saved, as one step of an operation in MiB.
import type { OperationContext } from '../operation-registry.ts';

export interface MemoryProgress {
  /** The listener for one VM's save; what it is told are shares. */
  of(vmId: string, memoryMiB: number): (done: number, total: number) => void;
  /** From now on nothing is reported: another step has begun. */
  end(): void;
}

/** Reports each whole percent once: every follower of the operation is told of each. */
export function memoryProgress({ step }: Pick<OperationContext, 'step'>): MemoryProgress {
  const shares = new Map<string, { memoryMiB: number; share: number }>();
  let lastPercent = -1;
  let hasEnded = false;
  const report = () => {
    let [done, total] = [0, 0];
    for (const { memoryMiB, share } of shares.values()) {
      done += memoryMiB * share;
      total += memoryMiB;
    }
    const percent = Math.floor((100 * done) / total);
    if (hasEnded || percent === lastPercent) return;
    lastPercent = percent;
    step('savingMemory', { done: Math.floor(done), total });
  };
  return {
    of(vmId, memoryMiB) {
      shares.set(vmId, { memoryMiB, share: 0 });
      return (done, total) => {
        shares.set(vmId, { memoryMiB, share: total > 0 ? Math.min(1, done / total) : 0 });
        report();
      };
    },
    end() {
      hasEnded = true;
    },
  };
}
