// Copies a kernel or an initrd that a VM boots from: of an image, of a base image, or of a capsule.
import path from 'node:path';
import { copyStoppably } from '../host/copy-file.ts';
import { openInner } from './inner-files.ts';

/** To a name that is not taken (0600); nothing is left when it fails, or when `signal` aborts. Rejects with OutsideFolder, too. */
export async function copyBootFile(source: string, target: string, signal: AbortSignal): Promise<void> {
  // Images may share a kernel by links among themselves; the folder of all images may be a user's.
  await using inner = await openInner(path.dirname(path.dirname(source)), source);
  await copyStoppably(inner.path, target, signal);
}
