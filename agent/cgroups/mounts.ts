// Pure: where the hierarchies of cgroups are mounted, and where in them this process is. Read by `load.ts`.
import { unescapeMountPath } from '../host/memory-backing.ts';

export interface V2Mount {
  mountPoint: string;
  /** The group that is seen at `mountPoint`: `/` unless only a part of the hierarchy is mounted (some containers). */
  root: string;
}

export interface CgroupMounts {
  v2: V2Mount | null;
  /** Mount point by controller (`cpu`, `memory` ...); several may share one. */
  v1: ReadonlyMap<string, string>;
}

/** From the text of /proc/self/mountinfo (proc(5)). The first mount counts where there are several. */
export function parseMounts(mountInfo: string): CgroupMounts {
  let v2: V2Mount | null = null;
  const v1 = new Map<string, string>();
  for (const line of mountInfo.split('\n')) {
    const [before, after] = line.split(' - ');
    if (before === undefined || after === undefined) continue;
    const [, , , root = '', mountPoint = ''] = before.split(' ').map(unescapeMountPath);
    const [type, , superOptions = ''] = after.split(' ');
    if (type === 'cgroup2') v2 ??= { mountPoint, root };
    if (type !== 'cgroup') continue;
    for (const option of superOptions.split(',')) if (!v1.has(option)) v1.set(option, mountPoint);
  }
  return { v2, v1 };
}

/** This process's group in the v2 hierarchy, from the text of /proc/self/cgroup; null without one (cgroups(7)). */
export function ownV2Path(procCgroup: string): string | null {
  return /^0::(\/.*)$/m.exec(procCgroup)?.[1] ?? null;
}
