// Refuses disk images that refer to other files of the host, which qemu-img would open. Reads the file's own header before
// qemu-img sees it.
import { open, type FileHandle } from 'node:fs/promises';
import { quoted, reason, type Reason, TtError } from '@tt/protocol';
import { readAt } from '../../host/read-at.ts';
import { parseQcow2Header } from '../../storage/qcow2/qcow2-header.ts';
import type { DiskFormat } from '../tool/interface.ts';

const HEAD_BYTES = 8 * 1024;
const SECTOR_BYTES = 512;
/** QEMU reads 20 sectors. */
const MAX_DESCRIPTOR_BYTES = 20 * SECTOR_BYTES;
const SPARSE_VMDK = 'KDMV';
const NO_PARENT = 'ffffffff';

/** Throws IMAGE_REFUSED. */
export async function refuseForeignFiles(path: string, format: DiskFormat): Promise<void> {
  await using file = await open(path, 'r');
  const head = await readAt(file, 0, HEAD_BYTES);
  const why = format === 'qcow2' ? foreignInQcow2(head) : format === 'vmdk' ? await foreignInVmdk(file, head) : null;
  if (why !== null) throw new TtError('IMAGE_REFUSED', { source: path.split('/').at(-1) ?? path, reason: why });
}

function foreignInQcow2(head: Buffer): Reason | null {
  const header = parseQcow2Header(head);
  if (!header) return reason('notQcow2');
  if (header.backing) return quoted('onOtherFile', header.backing.name ?? '');
  return header.hasDataFile ? reason('dataElsewhere') : null;
}

async function foreignInVmdk(file: FileHandle, head: Buffer): Promise<Reason | null> {
  if (head.toString('latin1', 0, 4) !== SPARSE_VMDK) {
    return reason('dataElsewhere');
  }
  if (head.length < SECTOR_BYTES) return reason('cut');
  // With a capacity of 0 QEMU takes the descriptor inside for the disk, and opens the files it names.
  if (head.readBigUInt64LE(12) === 0n) return reason('dataElsewhere');
  // QEMU looks for a parent behind the first sector, wherever the header says the descriptor is.
  const said = Number(head.readBigUInt64LE(28)) * SECTOR_BYTES;
  for (const at of new Set([SECTOR_BYTES, said === 0 ? SECTOR_BYTES : said])) {
    const why = foreignInDescriptor((await readAt(file, at, MAX_DESCRIPTOR_BYTES)).toString('latin1'));
    if (why !== null) return why;
  }
  return null;
}

/** A descriptor inside a disk of one file names that file as its only extent, and no parent. */
export function foreignInDescriptor(text: string): Reason | null {
  // Anywhere: QEMU does not ask for the beginning of a line.
  const parents = [...text.matchAll(/parentCID[ \t]*=[ \t]*([0-9a-f]+)/gi)].map(([, id = '']) => id.toLowerCase());
  if (parents.some((id) => id !== NO_PARENT) || /parentFileNameHint/i.test(text)) {
    return reason('hasParent');
  }
  const extents = text.match(/^[ \t]*(RW|RDONLY|NOACCESS)[ \t]+\d+[ \t]+\w+/gim) ?? [];
  return extents.length > 1 ? reason('dataElsewhere') : null;
}
