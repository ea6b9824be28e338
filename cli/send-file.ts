// Sends a file of this computer to the agent. Repeating the same command with the same content resumes an interrupted upload: a note
// in the state folder has its transfer id.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { dropTransfer, uploadFile } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { reason, TtError } from '@tt/protocol';
import { z } from 'zod';
import { openToSend } from './local-file.ts';
import { TransferNote } from './transfer-notes.ts';
import { showing } from './transfer-progress.ts';

/**
 * What the agent calls it, and which content it is of. Any change of a file sets `changedMs` (ctime); its time of modification may
 * be set back, as `cp -p` and `touch` do.
 */
const noteSchema = z.object({ id: z.uuid(), sizeBytes: z.number(), changedMs: z.number() });

/** After these the agent does not continue with what it has. */
const FINAL = ['TRANSFER_HASH', 'TRANSFER_SIZE', 'TRANSFER_STATE'];

/**
 * Sends the file and runs `use` with its transfer. Nothing is left of it when `use` consumed it, or when the agent dropped it
 * because the file itself is no good. After any other failure the next try does not send it again.
 */
export async function withSentFile<Result>(
  connection: NodeConnection,
  file: string,
  use: (transferId: string) => Promise<Result>,
  { keep = false } = {},
): Promise<Result> {
  await using source = await openToSend(file);
  const { size: sizeBytes, ctimeMs: changedMs } = await source.stat();
  const note = new TransferNote('upload', file, noteSchema);
  const known = await note.read();
  const isSame = known?.sizeBytes === sizeBytes && known.changedMs === changedMs;
  if (known && !isSame) await dropTransfer(connection, known.id);
  let transferId = known && isSame ? known.id : randomUUID();
  await note.write({ id: transferId, sizeBytes, changedMs });
  const read = async (offset: number, length: number) => {
    const { buffer, bytesRead } = await source.read(Buffer.alloc(length), 0, length, offset);
    if (bytesRead < length) throw new TtError('FILE_UNUSABLE', { file, reason: reason('shrankWhileSent') });
    return buffer;
  };
  const whole = { fileName: path.basename(file), sizeBytes, read };
  try {
    const transfer = await uploadFile(connection, whole, transferId, showing('sending'));
    // Another file of that name was begun before: this one has an id of its own.
    if (transfer.id !== transferId) await note.write({ id: transfer.id, sizeBytes, changedMs });
    transferId = transfer.id;
    const result = await use(transferId);
    if (!keep) await note.remove();
    return result;
  } catch (error) {
    if (error instanceof TtError && FINAL.includes(error.code)) {
      await dropTransfer(connection, transferId);
    }
    if (await isGone(connection, transferId)) await note.remove();
    throw error;
  }
}

/** Whether the agent has nothing of it. An agent that can't be asked may still have it. */
async function isGone({ client }: NodeConnection, transferId: string): Promise<boolean> {
  try {
    await client.transfer.status({ transferId });
    return false;
  } catch (error) {
    return error instanceof TtError && error.code === 'TRANSFER_NOT_FOUND';
  }
}
