// Opens an untrusted backup: its checksum, its version and its manifest first, then each file against the manifest. Nothing outside of the
// given folder is written.
import { createHash } from 'node:crypto';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { asFileProblem } from '@tt/client/node';
import { quoted, type Reason, reason, TtError } from '@tt/protocol';
import { BLOCK_BYTES, tarBytes, tarEnd } from '../archives/tar-header.ts';
import { TarReader } from '../archives/tar-reader.ts';
import { STATE_SCHEMA } from '../state/store.ts';
import {
  BACKUP_VERSION,
  type BackupManifest,
  CHECKSUM_BYTES,
  CHECKSUM_NAME,
  LIMITS,
  longestOf,
  MANIFEST_NAME,
  manifestHeadSchema,
  manifestSchema,
} from './backup-form.ts';

/** A backup that was checked, open. */
export class Backup {
  readonly manifest: BackupManifest;
  readonly #file: string;
  readonly #handle: FileHandle;

  private constructor(file: string, handle: FileHandle, manifest: BackupManifest) {
    this.#file = file;
    this.#handle = handle;
    this.manifest = manifest;
  }

  /** Rejects with FILE_UNUSABLE, BACKUP_TOO_NEW and BACKUP_INVALID. */
  static async open(file: string): Promise<Backup> {
    const handle = await open(file, 'r').catch((error: unknown) => {
      throw asFileProblem(error);
    });
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw new TtError('FILE_UNUSABLE', { file, reason: reason('notPlainFile') });
      return new Backup(file, handle, await checked(file, readerOf(file, handle), found.size));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Writes all its files below `folder`, which must be empty, with mode 0600. Rejects with BACKUP_INVALID if it has changed meanwhile. */
  async unpack(folder: string): Promise<void> {
    const tar = readerOf(this.#file, this.#handle);
    const hash = createHash('sha256');
    let offset = tarBytes((await tar.entryAt(0))?.sizeBytes ?? 0);
    for await (const piece of tar.pieces(0, offset)) hash.update(piece);
    for (const { path: name, sizeBytes } of this.manifest.entries) {
      const target = path.join(folder, name);
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      await using to = await open(target, 'wx', 0o600);
      hash.update(await tar.exactly(offset, BLOCK_BYTES));
      for await (const piece of tar.pieces(offset + BLOCK_BYTES, sizeBytes)) {
        hash.update(piece);
        await to.writeFile(piece);
      }
      await to.sync();
      const after = offset + BLOCK_BYTES + sizeBytes;
      offset += tarBytes(sizeBytes);
      hash.update(await tar.exactly(after, offset - after));
    }
    if (hash.digest('hex') !== (await checksumAt(this.#file, tar, offset)))
      throw invalid(this.#file, reason('checksumDiffers'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

function readerOf(file: string, handle: FileHandle): TarReader {
  return new TarReader(handle, (why) => invalid(file, why));
}

/** Of the manifest nothing is believed before the checksum was right, but that it was made by a newer TT. */
async function checked(file: string, tar: TarReader, size: number): Promise<BackupManifest> {
  const first = await tar.entryAt(0);
  if (first?.name !== MANIFEST_NAME) throw invalid(file, reason('manifestNotFirst'));
  if (first.sizeBytes > LIMITS.manifestBytes) throw invalid(file, reason('manifestTooLarge'));
  const content = parsed(file, (await tar.exactly(BLOCK_BYTES, first.sizeBytes)).toString('utf8'));
  const manifest = manifestOf(file, content);
  let offset = tarBytes(first.sizeBytes);
  for (const { path: name, sizeBytes } of manifest.entries) {
    const entry = await tar.entryAt(offset);
    if (entry?.name !== name || entry.sizeBytes !== sizeBytes)
      throw invalid(file, reason('memberMisplaced', { file: name }));
    offset += tarBytes(sizeBytes);
  }
  const wanted = await checksumAt(file, tar, offset);
  // What is behind the checksum is not covered by it.
  const behind = offset + BLOCK_BYTES + CHECKSUM_BYTES;
  const end = offset + tarBytes(CHECKSUM_BYTES) + tarEnd().length;
  const isEmpty = (await tar.exactly(behind, end - behind)).every((byte) => byte === 0);
  if (!isEmpty || size !== end) throw invalid(file, reason('moreThanManifest'));
  const hash = createHash('sha256');
  for await (const piece of tar.pieces(0, offset)) hash.update(piece);
  if (hash.digest('hex') !== wanted) throw invalid(file, reason('checksumDiffers'));
  return manifest;
}

function manifestOf(file: string, content: unknown): BackupManifest {
  const head = manifestHeadSchema.safeParse(content);
  if (head.success && (head.data.version > BACKUP_VERSION || head.data.schema > STATE_SCHEMA))
    throw new TtError('BACKUP_TOO_NEW', { file, madeBy: head.data.madeBy });
  const read = manifestSchema.safeParse(content);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw invalid(file, quoted('manifestUnreadable', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`));
  }
  const { entries } = read.data;
  if (new Set(entries.map(({ path: name }) => name)).size !== entries.length)
    throw invalid(file, reason('memberTwice'));
  const tooLarge = entries.find(({ path: name, sizeBytes }) => sizeBytes > longestOf(name));
  if (tooLarge) throw invalid(file, reason('memberTooLarge', { file: tooLarge.path }));
  return read.data;
}

async function checksumAt(file: string, tar: TarReader, offset: number): Promise<string> {
  const entry = await tar.entryAt(offset);
  if (entry?.name !== CHECKSUM_NAME || entry.sizeBytes !== CHECKSUM_BYTES)
    throw invalid(file, reason('memberMisplaced', { file: CHECKSUM_NAME }));
  return (await tar.exactly(offset + BLOCK_BYTES, CHECKSUM_BYTES)).toString('latin1').trim();
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(file, reason('manifestNotJson'));
  }
}

export function invalid(file: string, why: Reason, cause?: unknown): TtError<'BACKUP_INVALID'> {
  return new TtError('BACKUP_INVALID', { file, reason: why }, { cause });
}
