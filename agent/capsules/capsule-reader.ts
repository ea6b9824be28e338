// Opens an untrusted capsule: checks the manifest against its schema and for consistency, then each member against the manifest
// (name, size, SHA-256, order). Writes nothing outside the given folder.
import { createHash } from 'node:crypto';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { type CapsuleManifest, reason } from '@tt/protocol';
import { openPlain } from '../host/plain-file.ts';
import { MANIFEST_NAME } from './capsule-writer.ts';
import { CapsuleError, checkedManifest } from './manifest-check.ts';
import { BLOCK_BYTES, tarBytes } from '../archives/tar-header.ts';
import { TarReader } from '../archives/tar-reader.ts';

/** Two thousand VMs with eight disks each are about 8 MiB. */
const LARGEST_MANIFEST_BYTES = 32 * 1024 * 1024;

const readerOf = (handle: FileHandle) => new TarReader(handle, (why) => new CapsuleError(why));

/** `text`: the manifest as in the file, for its seal. */
export async function readManifest(file: string): Promise<{ manifest: CapsuleManifest; text: string }> {
  const handle = await openPlain(file);
  try {
    return await manifestOf(readerOf(handle));
  } finally {
    await handle.close();
  }
}

/** Writes all members below `folder`, which must be empty. Rejects with CapsuleError; the caller must remove what it wrote. */
export async function unpackCapsule(
  file: string,
  folder: string,
  { signal, onBytes }: { signal: AbortSignal; onBytes: (done: number, total: number) => void },
): Promise<CapsuleManifest> {
  const handle = await openPlain(file);
  const tar = readerOf(handle);
  try {
    const { manifest, nextOffset } = await manifestOf(tar);
    const total = manifest.members.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let done = 0;
    let offset = nextOffset;
    for (const member of manifest.members) {
      const entry = await tar.entryAt(offset);
      if (entry?.name !== member.path || entry.sizeBytes !== member.sizeBytes) {
        throw new CapsuleError(reason('memberMisplaced', { file: member.path }));
      }
      await mkdir(path.dirname(path.join(folder, member.path)), { recursive: true, mode: 0o700 });
      const found = await copyOut(
        tar,
        offset + BLOCK_BYTES,
        member.sizeBytes,
        path.join(folder, member.path),
        (bytes) => {
          signal.throwIfAborted();
          done += bytes;
          onBytes(done, total);
        },
      );
      if (found !== member.sha256) throw new CapsuleError(reason('memberChanged', { file: member.path }));
      offset += tarBytes(member.sizeBytes);
    }
    if ((await tar.entryAt(offset)) !== null) throw new CapsuleError(reason('moreThanManifest'));
    return manifest;
  } finally {
    await handle.close();
  }
}

async function manifestOf(tar: TarReader): Promise<{ manifest: CapsuleManifest; text: string; nextOffset: number }> {
  const entry = await tar.entryAt(0);
  if (entry?.name !== MANIFEST_NAME) throw new CapsuleError(reason('manifestNotFirst'));
  if (entry.sizeBytes > LARGEST_MANIFEST_BYTES) throw new CapsuleError(reason('manifestTooLarge'));
  const text = (await tar.exactly(BLOCK_BYTES, entry.sizeBytes)).toString('utf8');
  return { manifest: checkedManifest(text), text, nextOffset: tarBytes(entry.sizeBytes) };
}

/** SHA-256 of what was copied. */
async function copyOut(
  from: TarReader,
  offset: number,
  sizeBytes: number,
  target: string,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  const to = await open(target, 'wx', 0o600);
  try {
    for await (const piece of from.pieces(offset, sizeBytes)) {
      hash.update(piece);
      for (let written = 0; written < piece.length; ) {
        written += (await to.write(piece, written, piece.length - written)).bytesWritten;
      }
      onBytes(piece.length);
    }
  } finally {
    await to.close();
  }
  return hash.digest('hex');
}
