// Pure: checks whether a request fits the host, and the quotas of its accounts. Errors contain the total, used and requested amounts.
import { type Quota, TtError, type Usage } from '@tt/protocol';
import { teamOf } from '../../access/owners.ts';
import type { SealedMemory } from '../../state/vm-record.ts';

/** What is asked for; disks that are made take nothing yet. */
export type Wanted = Omit<Usage, 'storedMiB'> & { storedMiB?: number };

/**
 * What is allocated: a VM counts its processors and memory while it starts or runs, its disks as long as they exist. Memory that several of
 * these VMs began in counts once besides: each may come to have all of its own.
 */
export interface Allocation {
  cpuCount: number;
  memoryMiB: number;
  diskMiB: number;
}

export interface Countable {
  state: string;
  sealedMemory?: SealedMemory | null;
  /** Its disks count whether they are attached or not. */
  spec: { cpuCount: number; memoryMiB: number; disks: readonly { sizeMiB: number }[] };
}

export function allocatedTo(vms: readonly Countable[]): Allocation {
  const allocated = { cpuCount: 0, memoryMiB: 0, diskMiB: 0 };
  const sealed = new Set<string>();
  for (const { state, spec, sealedMemory } of vms) {
    if (state !== 'stopped' && state !== 'failed') {
      allocated.cpuCount += spec.cpuCount;
      allocated.memoryMiB += spec.memoryMiB;
      if (sealedMemory && !sealed.has(sealedMemory.id)) allocated.memoryMiB += sealedMemory.memoryMiB;
      if (sealedMemory) sealed.add(sealedMemory.id);
    }
    for (const { sizeMiB } of spec.disks) allocated.diskMiB += sizeMiB;
  }
  return allocated;
}

/** Throws CPU_EXHAUSTED, MEMORY_EXHAUSTED or DISK_EXHAUSTED if `wanted` does not fit in addition to `used`. */
export function admit(total: Allocation, used: Allocation, wanted: Allocation): void {
  if (exceeds(total.cpuCount, used.cpuCount, wanted.cpuCount)) {
    throw new TtError('CPU_EXHAUSTED', { total: total.cpuCount, used: used.cpuCount, wanted: wanted.cpuCount });
  }
  if (exceeds(total.memoryMiB, used.memoryMiB, wanted.memoryMiB)) {
    throw new TtError('MEMORY_EXHAUSTED', {
      totalMiB: total.memoryMiB,
      usedMiB: used.memoryMiB,
      wantedMiB: wanted.memoryMiB,
    });
  }
  if (exceeds(total.diskMiB, used.diskMiB, wanted.diskMiB)) {
    throw new TtError('DISK_EXHAUSTED', { totalMiB: total.diskMiB, usedMiB: used.diskMiB, wantedMiB: wanted.diskMiB });
  }
}

/** Throws QUOTA_EXCEEDED, or TEAM_QUOTA_EXCEEDED for a team, naming the first resource of which the account would have too much. */
export function admitQuota(account: string, quota: Quota, used: Usage, wanted: Wanted): void {
  for (const resource of ['envs', 'vms', 'cpuCount', 'memoryMiB', 'diskMiB', 'storedMiB'] as const) {
    const total = quota[resource];
    const more = wanted[resource] ?? 0;
    if (total === null || !exceeds(total, used[resource], more)) continue;
    const much = { resource, total, used: used[resource], wanted: more };
    const team = teamOf(account);
    throw team === null
      ? new TtError('QUOTA_EXCEEDED', { user: account, ...much })
      : new TtError('TEAM_QUOTA_EXCEEDED', { team, ...much });
  }
}

/** Asking for nothing is always fine, also where more is allocated than a changed setting allows. */
function exceeds(total: number, used: number, wanted: number): boolean {
  return wanted > 0 && used + wanted > total;
}
