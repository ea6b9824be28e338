// Makes new qcow2 disks, without a byte in them.
import { open } from 'node:fs/promises';
import path from 'node:path';
import { StorageError } from '../errors.ts';
import type { BackingFile } from '../interface.ts';
import { emptyQcow2 } from './empty-qcow2.ts';

const BYTES_PER_MIB = 1024 * 1024;
/** 64 KiB, QEMU's own default. */
const CLUSTER_BITS = 16;

/**
 * A new disk at a name that is not taken (0600), over an image that is named but not opened: it is untrusted, and nothing of others is
 * read. Its path must be absolute: a relative one would be looked up from the disk's folder. Its format is written down, because
 * guessing it from guest-written bytes allows an escape from the VM (CVE-2008-2004). Synced to the host's disk when it resolves.
 */
export async function makeQcow2(diskPath: string, sizeMiB: number, image: BackingFile | null): Promise<void> {
  if (image && !path.isAbsolute(image.path)) {
    throw new StorageError('STORAGE_FAILED', `not an absolute path: ${image.path}`);
  }
  const disk = { clusterBits: CLUSTER_BITS, virtualBytes: sizeMiB * BYTES_PER_MIB, backing: image };
  const { parts, sizeBytes } = emptyQcow2(disk);
  await using file = await open(diskPath, 'wx', 0o600);
  for (const { offset, bytes } of parts) await file.write(bytes, 0, bytes.length, offset);
  await file.truncate(sizeBytes);
  await file.datasync();
}
