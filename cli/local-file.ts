// Files of this computer that a command reads or writes. Problems are reported by error codes, before anything is changed.
import { type FileHandle, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { asFileProblem, fileReason } from '@tt/client/node';
import { reason, type Reason, TtError } from '@tt/protocol';

/** Standard output and error have no path. */
export function asOutputProblem(error: NodeJS.ErrnoException, file: string): TtError {
  return new TtError('FILE_UNUSABLE', { file, reason: fileReason(error) }, { cause: error });
}

/** A text that people wrote: UTF-8, or UTF-16 where its mark says so (PowerShell writes it); without the mark. */
export function textOf(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
}

/** A whole file to be sent. Throws FILE_UNUSABLE. */
export async function openToSend(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, 'r');
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    throw asFileProblem(error);
  }
  throw new TtError('FILE_UNUSABLE', { file, reason: reason('notPlainFile') });
}

/** What a text file holds; null when it is larger than `maxBytes`. Throws FILE_UNUSABLE. */
export async function readText(file: string, maxBytes: number): Promise<string | null> {
  const handle = await openToSend(file);
  try {
    if ((await handle.stat()).size > maxBytes) return null;
    return textOf(await handle.readFile());
  } finally {
    await handle.close();
  }
}

/** Looks before anything is done whether a file can be put there. Throws FILE_UNUSABLE. */
export async function mustBeFree(file: string, { force = false } = {}): Promise<void> {
  const refuse = (why: Reason) => new TtError('FILE_UNUSABLE', { file, reason: why });
  const folder = await typeOf(path.dirname(file));
  if (folder !== 'folder') throw refuse(folder === null ? reason('folderNotThere') : reason('notFolder'));
  const there = await typeOf(file);
  if (there === 'folder') throw refuse(reason('isFolder'));
  if (there !== null && !force) throw refuse(reason('exists'));
}

async function typeOf(file: string): Promise<'folder' | 'other' | null> {
  try {
    return (await stat(file)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw asFileProblem(error);
  }
}
