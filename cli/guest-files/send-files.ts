// Sends the contents of files to the agent, one after the other in one upload. Repeating the same command with the same files sends
// nothing again: a note in the state folder has the transfer id.
import { createHash, randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { FilesInRow, uploadFile } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { reason, TtError } from '@tt/protocol';
import { z } from 'zod';
import { openToSend } from '../local-file.ts';
import { TransferNote } from '../transfer-notes.ts';
import { showing } from '../transfer-progress.ts';
import type { LocalFile } from './local-tree.ts';

const noteSchema = z.object({ id: z.uuid() });

export interface SentFiles {
  /** undefined if all of them are empty. */
  transferId: string | undefined;
  /** All guests have them: the agent keeps nothing. */
  forget: () => Promise<void>;
}

/** `purpose`: what the command wants. Another one that runs at the same time has an upload of its own. */
export async function sendFiles(
  connection: NodeConnection,
  purpose: readonly (string | undefined)[],
  files: readonly LocalFile[],
): Promise<SentFiles> {
  await using source = new LocalFilesInRow(files);
  const { sizeBytes } = source.row;
  if (sizeBytes === 0) return { transferId: undefined, forget: async () => {} };
  // The same files, unchanged.
  const facts = files.map(({ file, sizeBytes: size, changedMs }) => [file, size, changedMs]);
  const note = new TransferNote('upload', `files ${hashOf(JSON.stringify([purpose, facts]))}`, noteSchema);
  const transferId = (await note.read())?.id ?? randomUUID();
  await note.write({ id: transferId });
  const whole = {
    fileName: files.length === 1 ? 'file' : `${files.length} files`,
    sizeBytes,
    read: (offset: number, length: number) => source.read(offset, length),
  };
  const { id } = await uploadFile(connection, whole, transferId, showing('sending'));
  if (id !== transferId) await note.write({ id });
  return { transferId: id, forget: () => note.remove() };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Reads files as if they were one; one of them is open at a time. */
class LocalFilesInRow implements AsyncDisposable {
  readonly row: FilesInRow;
  readonly #files: readonly LocalFile[];
  #open: { index: number; handle: FileHandle } | null = null;

  constructor(files: readonly LocalFile[]) {
    this.#files = files;
    this.row = new FilesInRow(files.map(({ sizeBytes }) => sizeBytes));
  }

  /** Throws FILE_UNUSABLE for a file that has become shorter. */
  read(offset: number, length: number): Promise<Uint8Array> {
    return this.row.read(offset, length, async (index, within, most) => {
      const file = this.#files[index]?.file ?? '';
      const handle = await this.#opened(index, file);
      const bytes = Buffer.alloc(most);
      const { bytesRead } = await handle.read(bytes, 0, most, within);
      if (bytesRead === 0) throw new TtError('FILE_UNUSABLE', { file, reason: reason('shrankWhileSent') });
      return bytes.subarray(0, bytesRead);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open?.handle.close();
    this.#open = null;
  }

  async #opened(index: number, file: string): Promise<FileHandle> {
    if (this.#open?.index === index) return this.#open.handle;
    await this[Symbol.asyncDispose]();
    const handle = await openToSend(file);
    this.#open = { index, handle };
    return handle;
  }
}
