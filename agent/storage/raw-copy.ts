// Copies an image into a raw disk that was made for it and holds nothing yet. Used by the storages whose disks are raw.
import { runCopy } from './export-file.ts';
import type { CopyOptions, DiskSource } from './interface.ts';
import { syncPath } from './plain-file.ts';
import { diskNode } from './qcow2/arguments.ts';

/** The source was checked (`checkSource`). What it holds is on the disk of the host when this resolves. */
export async function copyIntoRaw(
  qemuImg: string,
  source: DiskSource,
  target: string,
  options: CopyOptions,
): Promise<void> {
  const from = source.format === 'raw' ? ['-f', 'raw', '--', source.path] : ['--', diskNode(source.path, null)];
  // -n: the disk is there; what the source does not say is zero in it.
  await runCopy(qemuImg, ['convert', '-p', '-n', '--target-is-zero', '-O', 'raw', ...from, target], options);
  await syncPath(target);
}
