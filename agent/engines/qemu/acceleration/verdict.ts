// Pure: what the runs of a test guest with TCG and with KVM say about KVM, and why, in words for people.
import type { Acceleration } from '../../interface.ts';
import type { Run } from './measure.ts';
import type { TestGuest } from './test-guest.ts';

/**
 * The most of TCG's time that KVM may take. Where KVM is real it takes a tenth to a third, nested in another virtual machine
 * too; as a share, so that a slow or busy machine changes both.
 */
const MOST_OF_TCG = 0.6;

/** How long the run with KVM may last: a KVM that is slower than TCG is none, and need not be waited for. */
export function kvmLimitMs(guest: TestGuest, tcg: Run): number {
  return Math.min(guest.kvmCeilingMs, tcg.ms ?? Number.POSITIVE_INFINITY);
}

/** True when KVM did its work, only not fast enough: something else may have had the processor just then. */
export function isNearlyGood(tcg: Run, kvm: Run): boolean {
  return kvm.ms !== null && tcg.ms !== null && kvm.ms > tcg.ms * MOST_OF_TCG;
}

export function verdict(guest: TestGuest, tcg: Run, kvm: Run): Acceleration {
  const { did, do: task } = guest.words;
  if (kvm.failure) {
    const why = kvm.failure.isTooSlow
      ? `it did not ${task} within ${seconds(kvm.failure.limitMs)}, though /dev/kvm is there`
      : `it did not ${task}: ${kvm.failure.detail}`;
    return { kind: 'tcg', reason: `KVM is not used: ${why} (${tcgTime(tcg)})` };
  }
  if (isNearlyGood(tcg, kvm)) {
    const why = `${did} after ${seconds(kvm.ms)}, too slow for a KVM that runs on the processor itself`;
    return { kind: 'tcg', reason: `KVM is not used: ${why} (${tcgTime(tcg)})` };
  }
  return { kind: 'kvm', reason: `${did} with KVM in ${seconds(kvm.ms)} (${tcgTime(tcg)})` };
}

function tcgTime({ ms, failure }: Run): string {
  if (ms !== null) return `TCG: ${seconds(ms)}`;
  return failure.isTooSlow ? `TCG: not within ${seconds(failure.limitMs)}` : `TCG failed: ${failure.detail}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
}
