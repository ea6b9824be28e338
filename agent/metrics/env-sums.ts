// What the VMs of each ENV use together, for those who look at many ENVs: one line each instead of one for each VM.
import type { EnvMetrics, VmMetrics } from '@tt/protocol';

/** In the order in which their VMs come. `envOf`: undefined for a VM that is gone, which counts nowhere. */
export function sumsByEnv(vms: readonly VmMetrics[], envOf: (vmId: string) => string | undefined): EnvMetrics[] {
  const byEnv = new Map<string, EnvMetrics>();
  for (const { vmId, cpuPercent, memoryBytes } of vms) {
    const envName = envOf(vmId);
    if (envName === undefined) continue;
    const sum = byEnv.get(envName);
    if (sum) {
      sum.cpuPercent += cpuPercent;
      sum.memoryBytes += memoryBytes;
    } else {
      byEnv.set(envName, { envName, cpuPercent, memoryBytes });
    }
  }
  // Tenths, as those of a VM: sums of them have many more digits.
  for (const sum of byEnv.values()) sum.cpuPercent = Math.round(sum.cpuPercent * 10) / 10;
  return [...byEnv.values()];
}
