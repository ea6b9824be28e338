// Sends a file of this computer to the agent. What was cut off goes on where it was when the same command is given again with
// the same content: a note in the state folder says what the agent knows it by.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { uploadFile } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { z } from 'zod';
import { openToSend } from './local-file.ts';
import { TransferNote } from './transfer-notes.ts';
import { showing } from './transfer-progress.ts';

/** What the agent calls it, and which content it is of: a file that was changed since is another one. */
const noteSchema = z.object({ id: z.uuid(), sizeBytes: z.number(), modifiedMs: z.number() });

/** With these the agent will not go on with what it has. */
const FINAL = ['TRANSFER_HASH', 'TRANSFER_SIZE', 'TRANSFER_STATE'];

/**
 * Runs `use` with the transfer of the whole file. When it used it up, nothing is left of it; when the file is no good
 * (`useless`: its codes) neither; after any other failure the next try need not send it again.
 */
export async function withSentFile<Result>(
  connection: NodeConnection,
  file: string,
  useless: readonly string[],
  use: (transferId: string) => Promise<Result>,
  { keep = false } = {},
): Promise<Result> {
  const { client } = connection;
  await using source = await openToSend(file);
  const { size: sizeBytes, mtimeMs: modifiedMs } = await source.stat();
  const note = new TransferNote('upload', file, noteSchema);
  const known = await note.read();
  const isSame = known?.sizeBytes === sizeBytes && known.modifiedMs === modifiedMs;
  if (known && !isSame) await client.transfer.drop({ transferId: known.id }).catch(alreadyGone);
  let transferId = known && isSame ? known.id : randomUUID();
  await note.write({ id: transferId, sizeBytes, modifiedMs });
  const read = async (offset: number, length: number) => {
    const { buffer, bytesRead } = await source.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  const whole = { fileName: path.basename(file), sizeBytes, read };
  try {
    const transfer = await uploadFile(connection, whole, transferId, showing('sending'));
    // Another file of that name was begun before: this one has an id of its own.
    if (transfer.id !== transferId) await note.write({ id: transfer.id, sizeBytes, modifiedMs });
    transferId = transfer.id;
    const result = await use(transferId);
    if (!keep) await note.remove();
    return result;
  } catch (error) {
    if (error instanceof TtError && [...FINAL, ...useless].includes(error.code)) {
      await client.transfer.drop({ transferId }).catch(alreadyGone);
      await note.remove();
    }
    throw error;
  }
}

function alreadyGone(error: unknown): void {
  if (error instanceof TtError && error.code === 'TRANSFER_NOT_FOUND') return;
  throw error;
}
