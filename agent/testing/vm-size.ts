// What of a VM's spec most tests of sizes look at.
import { bootDiskMiB, type MachineSpec } from '@tt/protocol';

export function sizeOf({ spec }: { spec: MachineSpec }): { cpuCount: number; memoryMiB: number; diskMiB: number } {
  return { cpuCount: spec.cpuCount, memoryMiB: spec.memoryMiB, diskMiB: bootDiskMiB(spec) };
}
