// Packs a capsule: writes the manifest with sizes and hashes of the members in a folder, then all of them into one file, which
// is hashed while it is written. Each member is removed once it is packed, so at most one exists twice.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CapsuleManifest } from '@tt/protocol';
import { padding, tarBytes, tarEnd, tarHeader } from '../archives/tar-header.ts';
import { hashOf } from '../transfers/transfer-files.ts';

export const MANIFEST_NAME = 'manifest.json';

export interface PackOptions {
  signal: AbortSignal;
  /** Makes the seal of a manifest; it is the last field then. */
  seal: (manifest: CapsuleManifest) => string;
  /** Bytes read of all that have to be read. */
  onBytes: (done: number, total: number) => void;
  /** What the file will have, before anything is in it. */
  onSize: (sizeBytes: number) => void;
  /** What it has. */
  onWritten: (bytes: number) => void;
}

export interface Packed {
  manifest: CapsuleManifest;
  sizeBytes: number;
  sha256: string;
}

/** `members`: paths within `folder`, as the manifest names them. */
export async function packCapsule(
  folder: string,
  members: readonly string[],
  about: Omit<CapsuleManifest, 'members'>,
  target: string,
  { signal, seal, onBytes, onSize, onWritten }: PackOptions,
): Promise<Packed> {
  const fileOf = (member: string) => path.join(folder, member);
  const sizes = await Promise.all(members.map(async (member) => (await stat(fileOf(member))).size));
  // Read twice: for the manifest, which comes first, and into the file.
  const total = 2 * sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  const count = (bytes: number) => {
    signal.throwIfAborted();
    done += bytes;
    onBytes(done, total);
  };
  const listed: CapsuleManifest['members'] = [];
  for (const [index, member] of members.entries()) {
    listed.push({ path: member, sizeBytes: sizes[index] ?? 0, sha256: await hashOf(fileOf(member), count) });
  }
  const whole = { ...about, members: listed };
  const manifest = { ...whole, seal: seal(whole) };
  const file = await open(target, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    const write = async (bytes: Uint8Array) => {
      await writeAll(file, bytes, hash);
      sizeBytes += bytes.length;
      onWritten(sizeBytes);
    };
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    onSize(packedBytes([text.length, ...sizes]) + tarEnd().length);
    const mtimeS = Math.floor(Date.parse(about.createdAt) / 1000);
    await write(
      Buffer.concat([tarHeader({ name: MANIFEST_NAME, sizeBytes: text.length }, mtimeS), text, padding(text.length)]),
    );
    for (const { path: member, sizeBytes: size } of listed) {
      await write(tarHeader({ name: member, sizeBytes: size }, mtimeS));
      for await (const chunk of createReadStream(fileOf(member), { highWaterMark: 1024 * 1024 })) {
        await write(chunk as Buffer);
        count((chunk as Buffer).length);
      }
      await write(padding(size));
      await rm(fileOf(member));
    }
    await write(tarEnd());
    await file.sync();
    return { manifest, sizeBytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

/** Bytes that members of these sizes take in the file. */
function packedBytes(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + tarBytes(size), 0);
}

async function writeAll(file: FileHandle, bytes: Uint8Array, hash: Hash): Promise<void> {
  hash.update(bytes);
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
  }
}
