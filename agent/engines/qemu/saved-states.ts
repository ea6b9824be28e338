// Saves, loads and deletes states under a tag: RAM and devices in a separate file, qcow2 disks by snapshots inside them, in one
// of QMP's snapshot-* jobs (QEMU's qapi/migration.json). QEMU pauses the guest, and does not answer, while each runs.
import path from 'node:path';
import { allocatedBytes } from '../../host/allocated-bytes.ts';
import { spaceBelow } from '../../host/file-system-space.ts';
import { memoryBytes, type ProcessIdentity } from '../../host/process-identity.ts';
import { isValidSnapshotTag } from '../../storage/snapshot-tag.ts';
import { EngineError } from '../errors.ts';
import type { LoadOptions, SaveOptions, VmSpec } from '../interface.ts';
import { type DriveNode, queryDrives } from './drives.ts';
import { runJob } from './jobs.ts';
import type { QmpClient } from './qmp-client.ts';
import {
  closeRamFile,
  giveRamFile,
  hasRamFile,
  makeRamFile,
  openRamFile,
  RAM_NODE,
  removeRamFile,
} from './ram-file.ts';
import { replaceDrives } from './replace-drives.ts';

/** A very large guest on a slow disk. */
const STATE_TIMEOUT_MS = 30 * 60_000;
const PROGRESS_MS = 100;
/** Of a QEMU that may have ended, after a save that failed. */
const ANSWER_TIMEOUT_MS = 5000;
/** The size of a state besides the guest's memory: 16 MiB of video memory, devices, tables of the disk's format. */
const STATE_OVERHEAD_BYTES = 24 * 1024 * 1024;
/** Less free space than this after a failed save means that the disk was full: QEMU itself only reports "Input/output error". */
const FULL_BELOW_BYTES = 16 * 1024 * 1024;

export interface StateContext {
  qmp: QmpClient;
  spec: VmSpec;
  pid: number;
  /** At most how many bytes a save will need. */
  estimateBytes(): Promise<number>;
}

/** Of a QEMU that runs. */
export function stateContext(running: { qmp: QmpClient; spec: VmSpec; process: ProcessIdentity }): StateContext {
  const { qmp, spec, process } = running;
  const mostBytes = spec.memoryMiB * 1024 * 1024 + STATE_OVERHEAD_BYTES;
  // Memory the guest never touched is not saved; what QEMU holds for itself is counted, so this errs on the safe side.
  return { qmp, spec, pid: process.pid, estimateBytes: async () => Math.min(await memoryBytes(process), mostBytes) };
}

export async function saveState(context: StateContext, tag: string, options: SaveOptions): Promise<void> {
  const { qmp } = context;
  const { ramFile } = options;
  const [drives, { running }] = await Promise.all([
    drivesToSave(context, tag, options),
    qmp.execute('query-status', {}),
  ]);
  const neededBytes = await context.estimateBytes();
  await refuseWithoutSpace(neededBytes, ramFile);
  await makeRamFile(context.spec, ramFile);
  const stopProgress = reportProgress(ramFile, neededBytes, options.onProgress);
  try {
    await writeState(context, tag, ramFile, drives);
    // QEMU can't be interrupted in a save; so it is undone.
    throwIfCancelled(options.signal);
  } catch (error) {
    const explained = await explainSaveFailure(context, tag, ramFile, error);
    await removeRamFile(ramFile);
    if (explained instanceof EngineError && explained.code === 'VM_GONE') throw explained;
    await deleteState(context, tag);
    // Also from the stop QEMU itself makes when the guest meets the full disk.
    if (running) await qmp.execute('cont', {});
    throw explained;
  } finally {
    stopProgress();
  }
  options.onProgress?.(neededBytes, neededBytes);
}

/** The qcow2 drives, which must not have the tag. Also rejects with COMMAND_FAILED for what is no tag, and with CANCELLED. */
export async function drivesToSave(
  { qmp }: Pick<StateContext, 'qmp'>,
  tag: string,
  { signal }: Pick<SaveOptions, 'signal'>,
): Promise<DriveNode[]> {
  if (!isValidSnapshotTag(tag)) throw new EngineError('COMMAND_FAILED', `not a snapshot tag: ${JSON.stringify(tag)}`);
  throwIfCancelled(signal);
  const drives = await queryQcow2(qmp);
  const taken = drives.find((drive) => hasTag(drive, tag));
  if (taken) throw new EngineError('COMMAND_FAILED', `${taken.name} has a snapshot ${tag} already`);
  return drives;
}

/**
 * What a save failed with, for its caller: QEMU itself does not tell a full disk from a broken one, and of a QEMU that was killed its
 * stream may end before its control connection does.
 */
export async function explainSaveFailure(
  { qmp }: Pick<StateContext, 'qmp'>,
  tag: string,
  ramFile: string,
  error: unknown,
): Promise<unknown> {
  if (error instanceof EngineError && (error.code === 'VM_GONE' || error.code === 'CANCELLED')) return error;
  const gone = await endOf(qmp);
  if (gone) return gone;
  if ((await freeBytes(ramFile)) >= FULL_BELOW_BYTES) return error;
  return new EngineError('DISK_FULL', `the disk became full while the state ${tag} was saved`, { cause: error });
}

/** VM_GONE if QEMU has ended; null where it answers, or takes too long to. */
async function endOf(qmp: QmpClient): Promise<EngineError | null> {
  return qmp.execute('query-status', {}, { timeoutMs: ANSWER_TIMEOUT_MS }).then(
    () => null,
    (error: unknown) => (error instanceof EngineError && error.code === 'VM_GONE' ? error : null),
  );
}

/** If it fails half-way, the guest stays paused: with a partly loaded memory it must not continue writing its disk. */
export async function loadState(context: StateContext, tag: string, { ramFile, drives }: LoadOptions): Promise<void> {
  const { qmp, spec, pid } = context;
  const all = await queryQcow2(qmp);
  const withTag = all.filter((drive) => hasTag(drive, tag));
  // Asked first: QEMU stops the guest before it looks for the tag, and leaves it stopped when there is none.
  const isComplete = all.every(({ name }) => name !== 'disk0') || withTag.some(({ name }) => name === 'disk0');
  const isBeside = await hasRamFile(ramFile);
  if (!isComplete || !(isBeside || hasRamInside(withTag, tag))) {
    throw new EngineError('STATE_NOT_FOUND', `there is no saved state ${tag}`);
  }
  const { running } = await qmp.execute('query-status', {});
  // With the disk of one moment and the memory of another the guest must not run for an instant.
  if (running) await qmp.execute('stop', {});
  if (drives) await replaceDrives(qmp, spec, pid, drives);
  const names = withTag.map(({ name }) => name);
  if (isBeside) await readState(context, tag, ramFile, names);
  else await runStateJob(qmp, 'snapshot-load', { tag, vmstate: 'disk0', devices: names });
  if (running) await qmp.execute('cont', {});
}

/** Does nothing for a missing tag. */
export async function deleteState({ qmp }: Pick<StateContext, 'qmp'>, tag: string): Promise<void> {
  const devices = (await queryQcow2(qmp)).filter((drive) => hasTag(drive, tag)).map(({ name }) => name);
  if (devices.length > 0) {
    await runJob(
      qmp,
      (id, limit) => qmp.execute('snapshot-delete', { 'job-id': id, tag, devices }, limit),
      STATE_TIMEOUT_MS,
    );
  }
}

async function writeState({ qmp, spec }: StateContext, tag: string, ramFile: string, drives: readonly DriveNode[]) {
  await openRamFile(qmp, spec, ramFile, 'save');
  try {
    const devices = [RAM_NODE, ...drives.map(({ name }) => name)];
    await runStateJob(qmp, 'snapshot-save', { tag, vmstate: RAM_NODE, devices });
  } finally {
    await closeUnlessGone(qmp);
  }
}

async function readState({ qmp, spec }: StateContext, tag: string, ramFile: string, names: readonly string[]) {
  await giveRamFile(spec, ramFile);
  await openRamFile(qmp, spec, ramFile, 'load');
  try {
    await runStateJob(qmp, 'snapshot-load', { tag, vmstate: RAM_NODE, devices: [RAM_NODE, ...names] });
  } finally {
    await closeUnlessGone(qmp);
  }
}

function runStateJob(
  qmp: QmpClient,
  command: 'snapshot-save' | 'snapshot-load',
  state: { tag: string; vmstate: string; devices: string[] },
): Promise<void> {
  return runJob(qmp, (id, limit) => qmp.execute(command, { 'job-id': id, ...state }, limit), STATE_TIMEOUT_MS);
}

async function queryQcow2(qmp: QmpClient): Promise<DriveNode[]> {
  return (await queryDrives(qmp)).filter(({ format }) => format === 'qcow2');
}

function hasTag({ snapshots }: DriveNode, tag: string): boolean {
  return snapshots.some((snapshot) => snapshot.tag === tag);
}

/** The form of states before RAM had a separate file. */
function hasRamInside(drives: readonly DriveNode[], tag: string): boolean {
  const boot = drives.find(({ name }) => name === 'disk0');
  return boot?.snapshots.some((snapshot) => snapshot.tag === tag && snapshot.vmStateBytes > 0) ?? false;
}

async function closeUnlessGone(qmp: QmpClient): Promise<void> {
  await closeRamFile(qmp).catch((error: unknown) => {
    if (!(error instanceof EngineError && error.code === 'VM_GONE')) throw error;
  });
}

/** A save that fills the file system would pause every other guest on it, so one that may not fit is not started. */
export async function refuseWithoutSpace(neededBytes: number, ramFile: string): Promise<void> {
  const free = await freeBytes(ramFile);
  if (free >= neededBytes) return;
  const mib = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MiB`;
  throw new EngineError('DISK_FULL', `saving may need ${mib(neededBytes)}, but only ${mib(free)} are free`);
}

/** QEMU does not answer while it saves, so progress is what the file has grown by. */
function reportProgress(ramFile: string, total: number, onProgress: SaveOptions['onProgress']): () => void {
  if (!onProgress) return () => {};
  let stopped = false;
  onProgress(0, total);
  const timer = setInterval(() => {
    void allocatedBytes(ramFile).then(
      // The last step belongs to the end of the job.
      (used) => !stopped && onProgress(Math.min(used, total - 1), total),
      // Progress is a courtesy: a file that can't be looked at makes the save fail anyway.
      () => {},
    );
  }, PROGRESS_MS);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

async function freeBytes(file: string): Promise<number> {
  return (await spaceBelow(path.dirname(file))).freeBytes;
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new EngineError('CANCELLED', 'saving was cancelled', { cause: signal.reason });
}
