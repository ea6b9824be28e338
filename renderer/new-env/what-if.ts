// What new machines would take from a host and from a user's quota, and by how much it would not fit. Pure.
import type { Host, Me } from '@tt/protocol';
import { type QuotaName, quotaNames } from '../people/quota-names.ts';
import { parseDiskSizes } from './disk-sizes.ts';
import type { DraftGroup } from './draft-group.ts';

export interface WhatIfBar {
  total: number;
  used: number;
  wanted: number;
  /** How much does not fit; 0 when all does. */
  over: number;
}

export interface WhatIf {
  memory: WhatIfBar;
  disk: WhatIfBar;
  /** Its total is what may be allocated, overcommit included. */
  cpu: WhatIfBar;
  /** Those parts of the quota that have a limit. */
  quota: { name: QuotaName; bar: WhatIfBar }[];
  fits: boolean;
}

type Size = Pick<DraftGroup, 'copies' | 'cpuCount' | 'memoryMiB' | 'diskMiB' | 'moreDisks'> & {
  image: { minDiskMiB: number };
};

export function whatIf(
  host: Pick<Host, 'memory' | 'disk' | 'cpu'>,
  groups: readonly Size[],
  me: Me | null,
  newEnvs: number,
): WhatIf {
  return whatIfOf(host, wantedBy(groups, newEnvs), me);
}

function wantedBy(groups: readonly Size[], newEnvs: number): Record<QuotaName, number> {
  const sum = (each: (group: Size) => number) => groups.reduce((total, group) => total + group.copies * each(group), 0);
  return {
    envs: newEnvs,
    vms: sum(() => 1),
    cpuCount: sum(({ cpuCount }) => cpuCount),
    memoryMiB: sum(({ memoryMiB }) => memoryMiB),
    diskMiB: sum(({ diskMiB, moreDisks, image }) =>
      totalOf([diskMiB ?? image.minDiskMiB, ...(parseDiskSizes(moreDisks) ?? [])]),
    ),
    // Fresh disks take what is written to them, later.
    storedMiB: 0,
  };
}

/** The same for amounts that are known. */
export function whatIfOf(
  host: Pick<Host, 'memory' | 'disk' | 'cpu'>,
  wanted: Record<QuotaName, number>,
  me: Me | null,
): WhatIf {
  const memory = bar(host.memory.totalMiB, host.memory.usedMiB, wanted.memoryMiB);
  const disk = bar(host.disk.totalMiB, host.disk.usedMiB, wanted.diskMiB);
  const cpu = bar(host.cpu.limit, host.cpu.used, wanted.cpuCount);
  const quota = quotaNames.flatMap((name) => {
    const total = me?.quota[name] ?? null;
    return me && total !== null ? [{ name, bar: bar(total, me.used[name], wanted[name]) }] : [];
  });
  const fits = [memory, disk, cpu, ...quota.map((part) => part.bar)].every(({ over }) => over === 0);
  return { memory, disk, cpu, quota, fits };
}

function totalOf(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

function bar(total: number, used: number, wanted: number): WhatIfBar {
  return { total, used, wanted, over: Math.max(0, used + wanted - total) };
}
