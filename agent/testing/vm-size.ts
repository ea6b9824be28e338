// Test support: the parts of a VM's spec that most tests of sizes compare.
import { bootDiskMiB, type MachineSpec } from '@tt/protocol';

export function sizeOf({ spec }: { spec: MachineSpec }): { cpuCount: number; memoryMiB: number; diskMiB: number } {
  return { cpuCount: spec.cpuCount, memoryMiB: spec.memoryMiB, diskMiB: bootDiskMiB(spec) };
}
