// How the bytes of a VM's qcow2 files divide: what its disks are now, and what only snapshots hold. Both lie in the same files.
import { allocatedBytes } from '../../host/allocated-bytes.ts';
import type { DiskFolders } from '../disk-folders.ts';
import type { DiskUse } from '../interface.ts';
import { asideDisks } from '../set-aside.ts';
import { activeBytes } from './own-snapshot-bytes.ts';
import { readQcow2Snapshots } from './qcow2-snapshots.ts';

/** DISK_NOT_FOUND. Reads no more than sizes where there are no snapshots. */
export async function qcow2DiskUse(folders: DiskFolders, vmId: string): Promise<DiskUse> {
  let [diskBytes, snapshotBytes] = [0, 0];
  for (const name of await folders.disks(vmId)) {
    const diskPath = folders.diskPath(vmId, name);
    const bytes = await allocatedBytes(diskPath);
    const now = readQcow2Snapshots(diskPath).length === 0 ? bytes : Math.min(bytes, await activeBytes(diskPath));
    diskBytes += now;
    snapshotBytes += bytes - now;
  }
  // A disk that was taken out is there for its snapshots only.
  for (const aside of await asideDisks(folders.folder(vmId), 'qcow2'))
    snapshotBytes += await allocatedBytes(aside.path);
  return { diskBytes, snapshotBytes };
}
