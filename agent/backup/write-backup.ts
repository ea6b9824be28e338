// Writes a backup: whole, or not at all. To a file of mode 0600, beside which it grows, or to standard output.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { asFileProblem } from '@tt/client/node';
import { reason, TtError } from '@tt/protocol';
import { padding, tarEnd, tarHeader } from '../archives/tar-header.ts';
import type { AgentConfig } from '../config.ts';
import { isDiskFull } from '../host/disk-full.ts';
import { isThere } from '../host/is-there.ts';
import { syncToDisk } from '../state/database-file.ts';
import { type BackupManifest, CHECKSUM_NAME, MANIFEST_NAME } from './backup-form.ts';
import { type BackupPart, gatherBackup } from './gather.ts';
import { auditCopy, databaseCopy, removeDeadCopies } from './leftovers.ts';

export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

export interface BackupOptions {
  now?: Date;
  /** Default: true. Who did what, which also has their addresses. */
  withAudit?: boolean;
  /** Called between the steps; tests end the process there. */
  checkpoint?: (step: string) => void;
}

type Source = Pick<AgentConfig, 'home' | 'configFile' | 'imageDirectory'>;

/**
 * Rejects with FILE_UNUSABLE where `file` exists (unless `force`) or can't be written, or where there is no state to back up, and with
 * STATE_TOO_NEW. The agent of the state folder may be running.
 */
export async function backUpToFile(
  source: Source,
  file: string,
  { force, checkpoint = () => {}, ...options }: BackupOptions & { force: boolean },
): Promise<BackupManifest> {
  if (!force && (await isThere(file))) throw new TtError('FILE_UNUSABLE', { file, reason: reason('exists') });
  const part = `${file}.part`;
  try {
    // One of a backup that was killed.
    await rm(part, { force: true });
    const target = await open(part, 'wx', 0o600);
    let manifest: BackupManifest;
    try {
      manifest = await backUp(source, { ...options, checkpoint, write: (bytes) => target.writeFile(bytes) });
      await target.sync();
    } finally {
      await target.close();
    }
    checkpoint('written');
    await rename(part, file);
    syncToDisk(path.dirname(path.resolve(file)));
    return manifest;
  } catch (error) {
    await rm(part, { force: true });
    throw isDiskFull(error) ? noSpaceFor(file, error) : asFileProblem(error);
  }
}

/** Rejects as {@link backUpToFile} does, and as `write` does: what was written until then is not a backup. */
export async function backUp(
  source: Source,
  { write, now = new Date(), withAudit = true, checkpoint = () => {} }: BackupOptions & { write: WriteBytes },
): Promise<BackupManifest> {
  await removeDeadCopies(source.home);
  const copies = { database: databaseCopy(source.home), audit: withAudit ? auditCopy(source.home) : null };
  try {
    const { manifest, parts } = await gatherBackup(source, copies, now).catch((error: unknown) => {
      throw isDiskFull(error) ? noSpaceFor(copies.database, error) : asFileProblem(error);
    });
    checkpoint('gathered');
    await writeParts(manifest, parts, write);
    return manifest;
  } finally {
    for (const copy of [databaseCopy(source.home), auditCopy(source.home)]) await rm(copy, { force: true });
  }
}

function noSpaceFor(file: string, cause: unknown): TtError<'FILE_UNUSABLE'> {
  return new TtError('FILE_UNUSABLE', { file, reason: reason('noSpace') }, { cause });
}

async function writeParts(manifest: BackupManifest, parts: readonly BackupPart[], write: WriteBytes): Promise<void> {
  const hash = createHash('sha256');
  const mtimeS = Math.floor(Date.parse(manifest.createdAt) / 1000);
  const put = async (bytes: Uint8Array) => {
    hash.update(bytes);
    await write(bytes);
  };
  const header = (name: string, sizeBytes: number) => tarHeader({ name, sizeBytes }, mtimeS);
  const whole = (name: string, bytes: Buffer) =>
    Buffer.concat([header(name, bytes.length), bytes, padding(bytes.length)]);
  await put(whole(MANIFEST_NAME, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)));
  for (const part of parts) {
    if ('bytes' in part) {
      await put(whole(part.path, part.bytes));
      continue;
    }
    await put(header(part.path, part.sizeBytes));
    for await (const chunk of createReadStream(part.file, { highWaterMark: 1024 * 1024 })) await put(chunk as Buffer);
    await put(padding(part.sizeBytes));
  }
  await write(Buffer.concat([whole(CHECKSUM_NAME, Buffer.from(`${hash.digest('hex')}\n`)), tarEnd()]));
}
