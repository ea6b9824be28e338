// Opens an untrusted capsule: checks the manifest against its schema and for consistency, then each member against the manifest
// (name, size, SHA-256, order). Writes nothing outside the given folder.
import { createHash } from 'node:crypto';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { type CapsuleManifest, quoted, reason } from '@tt/protocol';
import { openPlain } from '../host/plain-file.ts';
import { MANIFEST_NAME } from './capsule-writer.ts';
import { CapsuleError, checkedManifest } from './manifest-check.ts';
import { BLOCK_BYTES, readTarHeader, tarBytes, type TarEntry, TarError } from '../archives/tar-header.ts';

/** Two thousand VMs with eight disks each are about 8 MiB. */
const LARGEST_MANIFEST_BYTES = 32 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;

/** `text`: the manifest as in the file, for its seal. */
export async function readManifest(file: string): Promise<{ manifest: CapsuleManifest; text: string }> {
  const handle = await openPlain(file);
  try {
    return await manifestOf(handle);
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
  try {
    const { manifest, nextOffset } = await manifestOf(handle);
    const total = manifest.members.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let done = 0;
    let offset = nextOffset;
    for (const member of manifest.members) {
      const entry = await entryAt(handle, offset);
      if (entry?.name !== member.path || entry.sizeBytes !== member.sizeBytes) {
        throw new CapsuleError(reason('memberMisplaced', { file: member.path }));
      }
      await mkdir(path.dirname(path.join(folder, member.path)), { recursive: true, mode: 0o700 });
      const found = await copyOut(
        handle,
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
    if ((await entryAt(handle, offset)) !== null) throw new CapsuleError(reason('moreThanManifest'));
    return manifest;
  } finally {
    await handle.close();
  }
}

async function manifestOf(
  handle: FileHandle,
): Promise<{ manifest: CapsuleManifest; text: string; nextOffset: number }> {
  const entry = await entryAt(handle, 0);
  if (entry?.name !== MANIFEST_NAME) throw new CapsuleError(reason('manifestNotFirst'));
  if (entry.sizeBytes > LARGEST_MANIFEST_BYTES) throw new CapsuleError(reason('manifestTooLarge'));
  const text = (await exactly(handle, BLOCK_BYTES, entry.sizeBytes)).toString('utf8');
  return { manifest: checkedManifest(text), text, nextOffset: tarBytes(entry.sizeBytes) };
}

async function entryAt(handle: FileHandle, offset: number): Promise<TarEntry | null> {
  try {
    const entry = readTarHeader(await exactly(handle, offset, BLOCK_BYTES));
    if (entry && !entry.isFile) throw new CapsuleError(reason('memberNotPlain', { file: entry.name }));
    return entry;
  } catch (error) {
    if (error instanceof TarError) throw new CapsuleError(quoted('tarInvalid', error.message));
    throw error;
  }
}

async function exactly(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(buffer, done, length - done, offset + done);
    if (bytesRead === 0) throw new CapsuleError(reason('endsEarly'));
    done += bytesRead;
  }
  return buffer;
}

/** SHA-256 of what was copied. */
async function copyOut(
  from: FileHandle,
  offset: number,
  sizeBytes: number,
  target: string,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  const to = await open(target, 'wx', 0o600);
  try {
    for (let done = 0; done < sizeBytes; ) {
      const piece = await exactly(from, offset + done, Math.min(PIECE_BYTES, sizeBytes - done));
      hash.update(piece);
      for (let written = 0; written < piece.length; ) {
        written += (await to.write(piece, written, piece.length - written)).bytesWritten;
      }
      done += piece.length;
      onBytes(piece.length);
    }
  } finally {
    await to.close();
  }
  return hash.digest('hex');
}
