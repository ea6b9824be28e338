// Saves, loads and deletes RAM, devices and disk under a tag inside the VM's qcow2 disk, by QMP's snapshot-* jobs
// (QEMU's qapi/migration.json). QEMU stops the guest, and itself, for as long as each takes.
import { stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { isValidSnapshotTag } from '../../storage/snapshot-tag.ts';
import { EngineError } from '../errors.ts';
import { DISK_NODE } from './command-line.ts';
import { dropFailedState, queryDiskNode } from './disk-node.ts';
import { runJob } from './jobs.ts';
import type { QmpClient } from './qmp-client.ts';

/** A very large guest on a slow disk. */
const STATE_TIMEOUT_MS = 30 * 60_000;
const PROGRESS_MS = 100;
/** Less than this free after a failed save means the disk was full: QEMU itself says only "Input/output error". */
const FULL_BELOW_BYTES = 16 * 1024 * 1024;

export interface StateContext {
  qmp: QmpClient;
  diskPath: string;
  /** At most how many bytes a save will need. */
  estimateBytes(): Promise<number>;
}

export interface SaveOptions {
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

export async function saveState(context: StateContext, tag: string, options: SaveOptions): Promise<void> {
  const { qmp, diskPath } = context;
  if (!isValidSnapshotTag(tag)) throw new EngineError('COMMAND_FAILED', `not a snapshot tag: ${JSON.stringify(tag)}`);
  throwIfCancelled(options.signal);
  const [{ snapshots }, { running }, neededBytes, free, usedBefore] = await Promise.all([
    queryDiskNode(qmp),
    qmp.execute('query-status', {}),
    context.estimateBytes(),
    freeBytes(diskPath),
    allocatedBytes(diskPath),
  ]);
  if (snapshots.some((snapshot) => snapshot.tag === tag)) {
    throw new EngineError('COMMAND_FAILED', `the disk has a snapshot ${tag} already`);
  }
  refuseWithoutSpace(neededBytes, free);
  const stopProgress = reportProgress(diskPath, usedBefore, neededBytes, options.onProgress);
  try {
    const job = { tag, vmstate: DISK_NODE, devices: [DISK_NODE] };
    await runJob(qmp, (id, limit) => qmp.execute('snapshot-save', { 'job-id': id, ...job }, limit), STATE_TIMEOUT_MS);
  } catch (error) {
    if (error instanceof EngineError && error.code === 'VM_GONE') throw error;
    const full = (await freeBytes(diskPath)) < FULL_BELOW_BYTES;
    await qmp.execute('stop', {});
    await dropFailedState(qmp, (await allocatedBytes(diskPath)) - usedBefore);
    await deleteState(context, tag);
    // Also from the stop QEMU itself makes when the guest meets the full disk.
    if (running) await qmp.execute('cont', {});
    if (!full) throw error;
    throw new EngineError('DISK_FULL', `the disk became full while the state ${tag} was saved`, { cause: error });
  } finally {
    stopProgress();
  }
  if (options.signal?.aborted) {
    // QEMU can't be interrupted in a save; so it is undone.
    await deleteState(context, tag);
    throwIfCancelled(options.signal);
  }
  options.onProgress?.(neededBytes, neededBytes);
}

/** When it fails half-way, the guest is left stopped: with half of another's memory it must not go on writing its disk. */
export async function loadState({ qmp }: StateContext, tag: string): Promise<void> {
  const { snapshots } = await queryDiskNode(qmp);
  // Asked first: QEMU stops the guest before it looks for the tag, and leaves it stopped when there is none.
  if (!snapshots.some((snapshot) => snapshot.tag === tag && snapshot.vmStateBytes > 0)) {
    throw new EngineError('STATE_NOT_FOUND', `there is no saved state ${tag} in the disk`);
  }
  const job = { tag, vmstate: DISK_NODE, devices: [DISK_NODE] };
  await runJob(qmp, (id, limit) => qmp.execute('snapshot-load', { 'job-id': id, ...job }, limit), STATE_TIMEOUT_MS);
}

/** A tag that is not there is fine. */
export async function deleteState({ qmp }: StateContext, tag: string): Promise<void> {
  const { snapshots } = await queryDiskNode(qmp);
  if (!snapshots.some((snapshot) => snapshot.tag === tag)) return;
  const job = { tag, devices: [DISK_NODE] };
  await runJob(qmp, (id, limit) => qmp.execute('snapshot-delete', { 'job-id': id, ...job }, limit), STATE_TIMEOUT_MS);
}

/** A save that fills the file system stops every other guest on it, so one that may not fit is not begun. */
function refuseWithoutSpace(neededBytes: number, free: number): void {
  if (free >= neededBytes) return;
  const mib = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MiB`;
  throw new EngineError('DISK_FULL', `saving may need ${mib(neededBytes)}, but only ${mib(free)} are free`);
}

/** QEMU does not answer while it saves, so progress is what the disk has grown by. */
function reportProgress(
  diskPath: string,
  usedBefore: number,
  total: number,
  onProgress: SaveOptions['onProgress'],
): () => void {
  if (!onProgress) return () => {};
  let stopped = false;
  onProgress(0, total);
  const timer = setInterval(() => {
    void allocatedBytes(diskPath).then(
      // The last step belongs to the end of the job.
      (used) => !stopped && onProgress(Math.max(0, Math.min(used - usedBefore, total - 1)), total),
      // Progress is a courtesy: a disk that can't be looked at fails the save by itself.
      () => {},
    );
  }, PROGRESS_MS);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

async function freeBytes(diskPath: string): Promise<number> {
  const found = await statfs(path.dirname(diskPath));
  return found.bavail * found.bsize;
}

async function allocatedBytes(diskPath: string): Promise<number> {
  return (await stat(diskPath)).blocks * 512;
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new EngineError('CANCELLED', 'saving was cancelled', { cause: signal.reason });
}
