// Measures what running VMs use of the host.
import { MetricsCollector, systemClock } from '../metrics/collector.ts';
import { sumsByEnv } from '../metrics/env-sums.ts';
import { MemoryUses } from '../metrics/memory-uses.ts';
import { readMemoryUse } from '../host/memory-use.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Network } from '../network/interface.ts';
import type { Networks } from '../network/networks.ts';
import type { Services } from '../operations/services.ts';

type MetricsParts = Pick<Services, 'cgroups' | 'running' | 'inventory' | 'networks' | 'log' | 'logger'>;

export function assembleMetrics(parts: MetricsParts): Pick<Services, 'metrics' | 'memoryUses'> {
  const { cgroups, running, inventory, networks, log, logger } = parts;
  const memoryUses = new MemoryUses({
    vms: () =>
      running.list().map(({ id, process }) => {
        return { vmId: id, process, sealedMemory: inventory.findVm(id)?.status.sealedMemory ?? null };
      }),
    read: readMemoryUse,
    clock: systemClock,
  });
  const metrics = new MetricsCollector({
    cgroups,
    sources: () => running.list().map(({ id, process }) => ({ vmId: id, process, taps: tapsOf(inventory, id) })),
    counters: (taps) => countersOf(networks, taps),
    onMetrics: (measured) =>
      log.publishMetrics(measured, () => sumsByEnv(measured.vms, (vmId) => inventory.findVm(vmId)?.envName)),
    onProblem: (vmId, error) => logger.warn({ err: error, vmId }, 'can’t measure its resource use'),
    proportionalBytes: (vmId, process) => memoryUses.of(vmId, process),
  });
  return { metrics, memoryUses };
}

function tapsOf(inventory: Inventory, vmId: string): string[] {
  return inventory.findVm(vmId)?.placement.nics.flatMap(({ tap }) => tap ?? []) ?? [];
}

async function countersOf(networks: Networks, taps: readonly string[]): ReturnType<Network['counters']> {
  const all = await Promise.all(networks.usable().map((network) => network.counters(taps)));
  return new Map(all.flatMap((counters) => [...counters]));
}
