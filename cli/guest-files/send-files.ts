// Sends the contents of files to the agent, one after the other in one upload. Repeating the same command with the same files sends
// nothing again: a note in the state folder has the transfer id.
import { createHash, randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { uploadFile } from '@tt/client';
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
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (sizeBytes === 0) return { transferId: undefined, forget: async () => {} };
  // The same files, unchanged.
  const facts = files.map(({ file, sizeBytes: size, changedMs }) => [file, size, changedMs]);
  const note = new TransferNote('upload', `files ${hashOf(JSON.stringify([purpose, facts]))}`, noteSchema);
  const transferId = (await note.read())?.id ?? randomUUID();
  await note.write({ id: transferId });
  await using source = new FilesInRow(files);
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
class FilesInRow implements AsyncDisposable {
  readonly #files: readonly LocalFile[];
  readonly #starts: readonly number[];
  #open: { index: number; handle: FileHandle } | null = null;

  constructor(files: readonly LocalFile[]) {
    this.#files = files;
    let at = 0;
    this.#starts = files.map(({ sizeBytes }) => {
      at += sizeBytes;
      return at - sizeBytes;
    });
  }

  /** Exactly so many bytes. Throws FILE_UNUSABLE for a file that has become shorter. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = Buffer.alloc(length);
    for (let done = 0; done < length; ) {
      const index = this.#indexAt(offset + done);
      const file = this.#files[index];
      if (!file) throw new RangeError(`there is no byte ${offset + done}`);
      const within = offset + done - (this.#starts[index] ?? 0);
      const wanted = Math.min(length - done, file.sizeBytes - within);
      const handle = await this.#opened(index, file);
      const { bytesRead } = await handle.read(bytes, done, wanted, within);
      if (bytesRead === 0) {
        throw new TtError('FILE_UNUSABLE', { file: file.file, reason: reason('shrankWhileSent') });
      }
      done += bytesRead;
    }
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open?.handle.close();
    this.#open = null;
  }

  /** Of the last file that begins there or before; empty ones have no byte. */
  #indexAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  async #opened(index: number, { file }: LocalFile): Promise<FileHandle> {
    if (this.#open?.index === index) return this.#open.handle;
    await this[Symbol.asyncDispose]();
    const handle = await openToSend(file);
    this.#open = { index, handle };
    return handle;
  }
}
