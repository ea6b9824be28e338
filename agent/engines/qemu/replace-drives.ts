// Replaces the files of the raw disks of a paused QEMU with those that the storage restores for a saved state.
import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { NamedDisk, VmSpec } from '../interface.ts';
import { fileNode, formatOptions } from './drive-arguments.ts';
import type { QmpClient } from './qmp-client.ts';
import { placeForQemu } from './real-paths.ts';

/** Replaces those that QEMU does not have open already. All of them, or it rejects and some are replaced. */
export async function replaceDrives(
  qmp: QmpClient,
  spec: VmSpec,
  pid: number,
  drives: readonly NamedDisk[],
): Promise<void> {
  const raw = drives.filter(({ format }) => format === 'raw');
  if (raw.length === 0) return;
  const open = await openFiles(pid);
  for (const drive of raw) {
    if (!open.has(identityOf(await stat(drive.path)))) await replace(qmp, spec, drive);
  }
}

async function replace(qmp: QmpClient, spec: VmSpec, drive: NamedDisk): Promise<void> {
  const prefix = `${drive.name}-file-`;
  const newName = prefix + randomBytes(4).toString('hex');
  const place = await placeForQemu(spec, drive.path);
  await qmp.execute('blockdev-add', { ...fileNode(drive.path, () => place), 'node-name': newName });
  try {
    await qmp.execute('blockdev-reopen', { options: [{ ...formatOptions(drive), file: newName }] });
  } catch (error) {
    await qmp.execute('blockdev-del', { 'node-name': newName });
    throw error;
  }
  // The file of the start had no name and is gone; one that was put there as this is has to be told to go.
  for (const node of await qmp.execute('query-named-block-nodes', { flat: true })) {
    const name = node['node-name'] ?? '';
    if (name.startsWith(prefix) && name !== newName) await qmp.execute('blockdev-del', { 'node-name': name });
  }
}

/** The path can be the same while the file behind it is another: what counts is the file the process has open (proc(5)). */
async function openFiles(pid: number): Promise<Set<string>> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder);
  const found = await Promise.all(names.map((name) => stat(path.join(folder, name)).catch(() => null)));
  return new Set(found.flatMap((file) => (file ? [identityOf(file)] : [])));
}

function identityOf(file: Awaited<ReturnType<typeof stat>>): string {
  return file.isBlockDevice() ? `device ${file.rdev}` : `${file.dev}:${file.ino}`;
}
