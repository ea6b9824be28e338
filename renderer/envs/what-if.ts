// What a new ENV would take from a host, and by how much it would not fit. Pure.
import type { Host } from '@tt/protocol';
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
  cpu: WhatIfBar;
  /** CPUs may be promised twice; memory and disk may not. */
  fits: boolean;
}

type Size = Pick<DraftGroup, 'copies' | 'cpuCount' | 'memoryMiB'> & { image: { minDiskMiB: number } };

export function whatIf(host: Pick<Host, 'memory' | 'disk' | 'cpu'>, groups: readonly Size[]): WhatIf {
  const sum = (each: (group: Size) => number) => groups.reduce((total, group) => total + group.copies * each(group), 0);
  const memory = bar(
    host.memory.totalMiB,
    host.memory.usedMiB,
    sum(({ memoryMiB }) => memoryMiB),
  );
  const disk = bar(
    host.disk.totalMiB,
    host.disk.usedMiB,
    sum(({ image }) => image.minDiskMiB),
  );
  const cpu = bar(
    host.cpu.total,
    host.cpu.used,
    sum(({ cpuCount }) => cpuCount),
  );
  return { memory, disk, cpu, fits: memory.over === 0 && disk.over === 0 };
}

function bar(total: number, used: number, wanted: number): WhatIfBar {
  return { total, used, wanted, over: Math.max(0, used + wanted - total) };
}
