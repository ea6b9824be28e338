// Where in the v2 hierarchy the agent's groups can be, best place first.
import path from 'node:path';
import type { CgroupFiles } from '../cgroup-files.ts';
import { errnoOf } from '../errors.ts';
import type { V2Mount } from '../mounts.ts';

/** Group for the agent itself where a group can't have both processes and groups with controllers (cgroups(7)). */
export const AGENT_LEAF = 'agent';

/** `base` is the parent folder of `tt-<agentTag>`. */
export interface V2Place {
  base: string;
  /** Where the processes in `base` are moved, because they must not be beside groups with controllers; null where they can be. */
  leaf: string | null;
}

/**
 * 1. The agent is in a leaf `agent` already: systemd (254 or later, `Delegate=yes` with `DelegateSubgroup=agent`) or an
 *    earlier start put it there, so the group above is ours to divide.
 * 2. The root of the hierarchy, as Docker's cgroupfs driver does it. Before the agent's own unit on purpose: systemd up to
 *    253 starts a service in the unit's own group, and the kernel refuses that with EBUSY (`219/CGROUP`) while VMs that
 *    outlived the last agent run in groups below it.
 * 3. The agent's own group, when it was delegated to an ordinary user, or is the root of a container.
 */
export function possiblePlaces(files: CgroupFiles, mount: V2Mount, ownPath: string | null): V2Place[] {
  const own = ownPath === null ? null : folderOf(mount, ownPath);
  const isInLeaf = own !== null && path.basename(own) === AGENT_LEAF;
  const hasRealRoot = isRealRoot(files, mount);
  const places: V2Place[] = [];
  if (own !== null && isInLeaf) places.push({ base: path.dirname(own), leaf: null });
  if (hasRealRoot) places.push({ base: mount.mountPoint, leaf: null });
  const isOwnRealRoot = hasRealRoot && own === mount.mountPoint;
  if (own !== null && !isInLeaf && !isOwnRealRoot) places.push({ base: own, leaf: path.join(own, AGENT_LEAF) });
  return places;
}

/** Null for a group outside the mounted hierarchy. */
function folderOf(mount: V2Mount, ownPath: string): string | null {
  const relative = path.posix.relative(mount.root, ownPath);
  if (relative === '..' || relative.startsWith('../')) return null;
  return path.join(mount.mountPoint, relative);
}

/** Every group but the real root has a type; a container's root only looks like one. */
function isRealRoot(files: CgroupFiles, mount: V2Mount): boolean {
  try {
    files.read(path.join(mount.mountPoint, 'cgroup.type'));
    return false;
  } catch (error) {
    return errnoOf(error) === 'ENOENT' && mount.root === '/';
  }
}
