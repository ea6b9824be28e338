// What a copy of a VM takes that needs no other file: claimed before it is made (`agent/storage/disk-budget.ts`).
import { stat } from 'node:fs/promises';
import type { VmRecord } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';

const MIB = 1024 * 1024;
/** Tables of a qcow2 file: 1/8192 of what they lead to, and some clusters. */
const TABLES_SHARE = 1 / 4096;
const TABLES_BYTES = MIB;

/**
 * At most what the boot disk of a VM takes as a file of its own, as it is or (`atSnapshot`) as it was once, with the files that it
 * boots from beside it. What it shares with its image may be counted twice, but no more than the guest can see.
 */
export async function copiedBytes(
  { storage, images, labs }: Pick<Services, 'storage' | 'images' | 'labs'>,
  { id, origin: { base, image }, placement: { boot } }: VmRecord,
  { atSnapshot }: { atSnapshot: boolean },
): Promise<number> {
  const seenBytes = (await storage.sizeMiB(id)) * MIB;
  const use = (await storage.diskUse([id])).get(id);
  const ownBytes =
    use === undefined || use instanceof Error
      ? await storage.usedBytes(id)
      : use.diskBytes + (atSnapshot ? use.snapshotBytes : 0);
  const ofBase = base ? (labs.version(base)?.sizeBytes ?? 0) : 0;
  // The first version of a profile is the image itself; of an image that was removed by hand nobody knows.
  const sourceBytes = ofBase || (images.list().find(({ name }) => name === image)?.sizeBytes ?? 0);
  const diskBytes = Math.min(seenBytes, sourceBytes + ownBytes) * (1 + TABLES_SHARE) + TABLES_BYTES;
  let bootBytes = 0;
  if (boot) for (const file of [boot.kernel, boot.initrd]) bootBytes += (await stat(file)).size;
  return Math.ceil(diskBytes + bootBytes);
}
