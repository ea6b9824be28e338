// What QEMU knows of the disk a VM runs on, and giving back space a failed save has taken in it.

import { EngineError } from '../errors.ts';
import { DISK_NODE } from './command-line.ts';
import type { QmpClient } from './qmp-client.ts';

export interface DiskNode {
  virtualBytes: number;
  clusterBytes: number;
  snapshots: readonly { tag: string; vmStateBytes: number }[];
}

export async function queryDiskNode(qmp: QmpClient): Promise<DiskNode> {
  const nodes = await qmp.execute('query-named-block-nodes', { flat: true });
  const image = nodes.find((node) => node['node-name'] === DISK_NODE)?.image;
  if (!image) throw new EngineError('COMMAND_FAILED', `QEMU has no block node ${DISK_NODE}`);
  return {
    virtualBytes: image['virtual-size'],
    clusterBytes: image['cluster-size'] ?? 64 * 1024,
    snapshots: (image.snapshots ?? []).map(({ name, ...snapshot }) => ({
      tag: name,
      vmStateBytes: snapshot['vm-state-size'],
    })),
  };
}

/** See RunningVm.resizeDisk. Internal snapshots are no hindrance since the disks are qcow2 version 3. */
export async function growDisk(qmp: QmpClient, sizeMiB: number): Promise<void> {
  const { virtualBytes } = await queryDiskNode(qmp);
  const size = sizeMiB * 1024 * 1024;
  if (size < virtualBytes) {
    throw new EngineError('COMMAND_FAILED', `the disk has ${virtualBytes / 1024 / 1024} MiB and can only grow`);
  }
  if (size > virtualBytes) await qmp.execute('block_resize', { 'node-name': DISK_NODE, size });
}

/**
 * Frees what a failed save has written. qcow2 keeps RAM as clusters past the disk's end, and QEMU forgets to drop them when
 * the save fails; there is no command for it. But making the disk so large that they lie inside, and small again, discards
 * them. The guest must be stopped: it would see the size change. Both commands leave in one go, so that an agent killed
 * in between can't leave the disk large.
 */
export async function dropFailedState(qmp: QmpClient, writtenBytes: number): Promise<void> {
  const { virtualBytes, clusterBytes } = await queryDiskNode(qmp);
  // RAM starts at the next entry of the first-level table (qcow2_vm_state_offset in QEMU's block/qcow2.h).
  const bytesPerEntry = clusterBytes * (clusterBytes / 8);
  const firstEntry = Math.ceil(virtualBytes / bytesPerEntry);
  const resize = (size: number) => qmp.execute('block_resize', { 'node-name': DISK_NODE, size });
  // `writtenBytes` may count a bit too much, and a table larger than there is needs space a full disk does not have.
  for (let entries = Math.ceil(writtenBytes / bytesPerEntry) || 1; entries > 0; entries--) {
    const large = (firstEntry + entries) * bytesPerEntry;
    const [grown, shrunk] = await Promise.allSettled([resize(large), resize(virtualBytes)]);
    if (shrunk.status === 'rejected') throw shrunk.reason;
    if (grown.status === 'fulfilled') return;
  }
}
