// The last minute of a machine as the agent keeps it, column by column, as one round after the other: pure.
import type { VmMetrics, VmMinute } from '@tt/protocol';

/** Oldest first. What is measured less often than each second, the proportional memory, is not kept. */
export function roundsOf(minute: VmMinute): VmMetrics[] {
  const { vmId, cpuPercent, memoryBytes } = minute;
  return cpuPercent.map((percent, round) => ({
    vmId,
    cpuPercent: percent,
    memoryBytes: memoryBytes[round] ?? 0,
    memoryProportionalBytes: null,
    diskReadBytesPerS: minute.diskReadBytesPerS[round] ?? null,
    diskWrittenBytesPerS: minute.diskWrittenBytesPerS[round] ?? null,
    networkReceivedBytesPerS: minute.networkReceivedBytesPerS[round] ?? null,
    networkSentBytesPerS: minute.networkSentBytesPerS[round] ?? null,
  }));
}
