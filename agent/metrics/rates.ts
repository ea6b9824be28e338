// Pure: counter values at two times -> rates between them. Used by the metrics collector.
import type { VmMetrics } from '@tt/protocol';
import type { ProcessIdentity } from '../host/process-identity.ts';

/** Bytes through one tap since it was made, seen from the guest. */
export interface TapCounters {
  receivedBytes: number;
  sentBytes: number;
}

/** All that was counted for a VM so far, at one time. */
export interface VmCounters {
  vmId: string;
  process: ProcessIdentity;
  /** Milliseconds of a monotonic clock. */
  atMs: number;
  cpuUs: number;
  memoryBytes: number;
  /** With what VMs share counted in equal parts; null if it is not known. */
  memoryProportionalBytes: number | null;
  /** null if the host does not report it. */
  disk: { readBytes: number; writtenBytes: number } | null;
  /** By tap; null with user networking, or when the counters could not be read. */
  taps: ReadonlyMap<string, TapCounters> | null;
}

/**
 * Null if the two are not of the same process, or of the same time: a restarted guest counts from zero, and a restarted agent
 * has no earlier values, so the first measurement of each only starts the count.
 */
export function metricsBetween(before: VmCounters, after: VmCounters): VmMetrics | null {
  const elapsedS = (after.atMs - before.atMs) / 1000;
  const sameProcess =
    before.process.pid === after.process.pid && before.process.startTicks === after.process.startTicks;
  if (!sameProcess || elapsedS <= 0) return null;
  const disk = before.disk && after.disk ? { before: before.disk, after: after.disk } : null;
  const taps = before.taps && after.taps ? { before: before.taps, after: after.taps } : null;
  const perS = (from: number, to: number) => Math.round(forward(from, to) / elapsedS);
  return {
    vmId: after.vmId,
    cpuPercent: Math.round(forward(before.cpuUs, after.cpuUs) / elapsedS / 1000) / 10,
    memoryBytes: after.memoryBytes,
    memoryProportionalBytes: after.memoryProportionalBytes,
    diskReadBytesPerS: disk && perS(disk.before.readBytes, disk.after.readBytes),
    diskWrittenBytesPerS: disk && perS(disk.before.writtenBytes, disk.after.writtenBytes),
    networkReceivedBytesPerS: taps && perS(0, flowed(taps.before, taps.after, 'receivedBytes')),
    networkSentBytesPerS: taps && perS(0, flowed(taps.before, taps.after, 'sentBytes')),
  };
}

/** Each tap separately: a new one has a count, but none to compare it with. */
function flowed(
  before: ReadonlyMap<string, TapCounters>,
  after: ReadonlyMap<string, TapCounters>,
  way: keyof TapCounters,
): number {
  let sum = 0;
  for (const [tap, counters] of after) {
    const known = before.get(tap);
    if (known) sum += forward(known[way], counters[way]);
  }
  return sum;
}

/** A counter that went back was reset (a group or a tap was recreated): the rate is unknown. */
function forward(from: number, to: number): number {
  return Math.max(0, to - from);
}
