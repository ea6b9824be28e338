// The file for RAM and devices of a saved state, beside the disks (decision 0020), and its older format: a qcow2, which QEMU opens
// as a block node only while a state is saved or loaded. Used by `saved-states.ts`; `ram/flat-file.ts` has the other format.
import { constants } from 'node:fs';
import { type FileHandle, lstat, rm } from 'node:fs/promises';
import { emptyQcow2 } from '../../storage/qcow2/empty-qcow2.ts';
import { EngineError } from '../errors.ts';
import type { VmSpec } from '../interface.ts';
import { openPlainFile } from './guarded-files.ts';
import type { QmpClient } from './qmp-client.ts';
import { placeForQemu } from './real-paths.ts';

/** Name of the node: one at a time, since saves and loads of a VM go one by one. */
export const RAM_NODE = 'ram';

/** 1 MiB: RAM is written in one stream, and few large clusters need few tables. */
const CLUSTER_BITS = 20;
/** The disk in it is small and unused; RAM is stored past its end. */
const VIRTUAL_BYTES = 1024 * 1024;
/** Of the first-level table: enough for terabytes of RAM, so that the table never has to move. */
const ENTRIES = 64;

/** Creates the file, empty, owned by the VM's user. COMMAND_FAILED if the path exists. */
export async function createRamFile({ confinement }: VmSpec, ramFile: string): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  const file = await openPlainFile(ramFile, flags, 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new EngineError('COMMAND_FAILED', `there is a saved state already: ${ramFile}`, { cause: error });
  });
  try {
    if (confinement) await file.chown(confinement.uid, confinement.gid);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Creates a qcow2 without content in it. Rejects as {@link createRamFile}. */
export async function makeRamFile(spec: VmSpec, ramFile: string): Promise<void> {
  const { parts, sizeBytes } = emptyQcow2({
    clusterBits: CLUSTER_BITS,
    virtualBytes: VIRTUAL_BYTES,
    leastEntries: ENTRIES,
  });
  await using file = await createRamFile(spec, ramFile);
  for (const { offset, bytes } of parts) await file.write(bytes, 0, bytes.length, offset);
  await file.truncate(sizeBytes);
}

/** False only when it certainly is not there. */
export async function hasRamFile(ramFile: string): Promise<boolean> {
  try {
    await lstat(ramFile);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Changes the owner of one from elsewhere (a clone, an import) to the VM's user. */
export async function giveRamFile({ confinement }: VmSpec, ramFile: string): Promise<void> {
  if (!confinement) return;
  await using file = await openPlainFile(ramFile, constants.O_RDONLY);
  const { uid, gid } = await file.stat();
  if (uid !== confinement.uid || gid !== confinement.gid) await file.chown(confinement.uid, confinement.gid);
}

/**
 * Opens it in QEMU. To save, nothing waits for the platter: a save that a power cut interrupts is worth nothing anyway, and the
 * caller sees to it before the state counts. A load writes a few tables as well, and those of a good state: it waits.
 */
export async function openRamFile(qmp: QmpClient, spec: VmSpec, ramFile: string, to: 'save' | 'load'): Promise<void> {
  await qmp.execute('blockdev-add', {
    driver: 'qcow2',
    'node-name': RAM_NODE,
    cache: { 'no-flush': to === 'save' },
    // A file of ours names no other, and one that came from elsewhere must not.
    backing: null,
    file: { driver: 'file', filename: await placeForQemu(spec, ramFile) },
  });
}

export async function closeRamFile(qmp: QmpClient): Promise<void> {
  await qmp.execute('blockdev-del', { 'node-name': RAM_NODE });
}

/** Closes one that a killed agent left open. */
export async function closeLeftRamFile(qmp: QmpClient): Promise<void> {
  const nodes = await qmp.execute('query-named-block-nodes', { flat: true });
  if (nodes.some((node) => node['node-name'] === RAM_NODE)) await closeRamFile(qmp);
}

export async function removeRamFile(ramFile: string): Promise<void> {
  await rm(ramFile, { force: true });
}
