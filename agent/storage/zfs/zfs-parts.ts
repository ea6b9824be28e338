// Shared parts of the ZFS storage.
import type { DiskFolders } from '../disk-folders.ts';
import type { QemuImg } from '../qemu-img.ts';
import type { ZfsVolumes } from './volumes.ts';
import type { ZfsDatasets } from './zfs-datasets.ts';
import type { ZfsTool } from './zfs-tool.ts';

export interface ZfsParts {
  zfs: ZfsTool;
  datasets: ZfsDatasets;
  volumes: ZfsVolumes;
  folders: DiskFolders;
  qemuImg: QemuImg;
}
