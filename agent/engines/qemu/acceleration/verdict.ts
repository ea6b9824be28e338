// Pure: what the runs of a test guest with TCG and with KVM prove about KVM, and why.
import { quoted, reason } from '@tt/protocol';
import type { Acceleration } from '../../interface.ts';
import type { Run } from './measure.ts';
import type { TestGuest } from './test-guest.ts';

/**
 * The most of TCG's time that KVM may take. Where KVM is real it takes a tenth to a third, nested in another virtual machine
 * too; as a share, so that a slow or busy machine changes both.
 */
const MOST_OF_TCG = 0.6;

/** The time limit of the run with KVM: a KVM that is slower than TCG is useless, so there is no need to wait for it. */
export function kvmLimitMs(guest: TestGuest, tcg: Run): number {
  return Math.min(guest.kvmCeilingMs, tcg.ms ?? Number.POSITIVE_INFINITY);
}

/** True if KVM did its work, but not fast enough: another process may have used the processor. */
export function isNearlyGood(tcg: Run, kvm: Run): boolean {
  return kvm.ms !== null && tcg.ms !== null && kvm.ms > tcg.ms * MOST_OF_TCG;
}

export function verdict(guest: TestGuest, tcg: Run, kvm: Run): Acceleration {
  const isLinux = guest.name === 'linux';
  const tcgS = tcg.ms === null ? null : seconds(tcg.ms);
  if (kvm.failure) {
    const { isTooSlow, limitMs, detail } = kvm.failure;
    if (!isTooSlow) return { kind: 'tcg', reason: quoted(isLinux ? 'kvmFailedLinux' : 'kvmFailedLongMode', detail) };
    const limitS = seconds(limitMs);
    if (tcgS === null) return { kind: 'tcg', reason: reason('kvmLateAlone', { limitS }) };
    return { kind: 'tcg', reason: reason(isLinux ? 'kvmLateLinux' : 'kvmLateLongMode', { limitS, tcgS }) };
  }
  const kvmS = seconds(kvm.ms);
  if (tcg.failure) return { kind: 'kvm', reason: quoted('kvmGoodAlone', tcg.failure.detail, { kvmS }) };
  const times = { kvmS, tcgS: seconds(tcg.ms) };
  if (isNearlyGood(tcg, kvm))
    return { kind: 'tcg', reason: reason(isLinux ? 'kvmSlowLinux' : 'kvmSlowLongMode', times) };
  return { kind: 'kvm', reason: reason(isLinux ? 'kvmGoodLinux' : 'kvmGoodLongMode', times) };
}

/** `0.70`, `3.0` */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(ms < 1000 ? 2 : 1);
}
