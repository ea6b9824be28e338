// Takes capsules apart and puts them together again, for tests: with other members, or another manifest.
import { createHash } from 'node:crypto';
import type { CapsuleManifest } from '@tt/protocol';
import { padding, readTarHeader, tarBytes, tarEnd, tarHeader } from '../archives/tar-header.ts';
import { MANIFEST_NAME } from './capsule-writer.ts';

const BLOCK_BYTES = 512;

/** All files by name, in order, the manifest first. */
export function filesIn(capsule: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let offset = 0; ; ) {
    const entry = readTarHeader(capsule.subarray(offset, offset + BLOCK_BYTES));
    if (!entry) return files;
    files.set(entry.name, capsule.subarray(offset + BLOCK_BYTES, offset + BLOCK_BYTES + entry.sizeBytes));
    offset += tarBytes(entry.sizeBytes);
  }
}

/** As the author of a capsule would have made it: with sizes and hashes of the members as `change` leaves them. */
export function remade(
  capsule: Buffer,
  change: (manifest: CapsuleManifest, members: Map<string, Buffer>) => void,
): Buffer {
  const members = filesIn(capsule);
  const manifest = JSON.parse(String(members.get(MANIFEST_NAME))) as CapsuleManifest;
  members.delete(MANIFEST_NAME);
  change(manifest, members);
  const listed = [...members].map(([path, bytes]) => {
    return { path, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  const text = Buffer.from(JSON.stringify({ ...manifest, members: listed }));
  const files = [[MANIFEST_NAME, text] as const, ...members];
  const packed = files.flatMap(([name, bytes]) => {
    return [tarHeader({ name, sizeBytes: bytes.length }, 0), bytes, padding(bytes.length)];
  });
  return Buffer.concat([...packed, tarEnd()]);
}
