// Sends a file of this computer to the agent. What was cut off goes on where it was when the same command is given again:
// beside a half-sent file lies `<file>.upload`, which says what the agent knows it by.
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { uploadFile } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { openToSend } from './local-file.ts';
import { showing } from './transfer-progress.ts';

/**
 * Runs `use` with the transfer of the whole file. When it used it up, nothing is left of it; when the file is no good
 * (`useless`: its codes) neither; after any other failure the next try need not send it again.
 */
export async function withSentFile<Result>(
  { client }: NodeConnection,
  file: string,
  useless: readonly string[],
  use: (transferId: string) => Promise<Result>,
  { keep = false } = {},
): Promise<Result> {
  await using source = await openToSend(file);
  const note = `${file}.upload`;
  let transferId = (await readId(note)) ?? randomUUID();
  await writeId(note, transferId);
  const read = async (offset: number, length: number) => {
    const { buffer, bytesRead } = await source.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  const whole = { fileName: path.basename(file), sizeBytes: (await source.stat()).size, read };
  try {
    const transfer = await uploadFile(client, whole, transferId, showing('sending'));
    // Another file of that name was begun before: this one has an id of its own.
    if (transfer.id !== transferId) await writeId(note, transfer.id);
    transferId = transfer.id;
    const result = await use(transferId);
    if (!keep) await rm(note, { force: true });
    return result;
  } catch (error) {
    if (error instanceof TtError && ['TRANSFER_HASH', ...useless].includes(error.code)) {
      await client.transfer.drop({ transferId }).catch(alreadyGone);
      await rm(note, { force: true });
    }
    throw error;
  }
}

/** The id in a note; null when there is none. */
export async function readId(note: string): Promise<string | null> {
  try {
    const { id } = JSON.parse(await readFile(note, 'utf8')) as { id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A file on a CD or in somebody else's folder is sent all the same; it only can't be gone on with. */
async function writeId(note: string, id: string): Promise<void> {
  await writeFile(note, JSON.stringify({ id })).catch((error: NodeJS.ErrnoException) => {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')) throw error;
  });
}

function alreadyGone(error: unknown): void {
  if (error instanceof TtError && error.code === 'TRANSFER_NOT_FOUND') return;
  throw error;
}
