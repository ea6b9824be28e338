// The agent's end of an upload that is the body of a request: its pieces are written as they come, by the one writer that a transfer has,
// whichever way it is sent. What was written before the body broke off stays, and the next one begins there.
import { giveBack } from '@tt/client/node';
import { type Transfer, TtError } from '@tt/protocol';
import type { SentBody } from '@tt/server';
import type { Transfers, TransferUser } from './interface.ts';

/**
 * The transfer with what was sent: whole if nothing is missing, else open. Throws TRANSFER_OFFSET unless it begins where the bytes end that
 * have arrived, TRANSFER_SIZE (what was written before stays), and as `openUpload` and its writer do. Nobody can read the pieces afterwards.
 */
export async function receiveUpload(
  transfers: Transfers,
  { offset, lengthBytes, pieces }: Omit<SentBody, 'transferId'>,
  id: string,
  user: TransferUser,
): Promise<Transfer> {
  const writer = await transfers.openUpload(id, user);
  try {
    const { fileName, sizeBytes } = transfers.status(id, user);
    const expected = writer.doneBytes;
    if (offset !== expected) throw new TtError('TRANSFER_OFFSET', { transferId: id, offset, expected });
    const sentBytes = offset + (lengthBytes ?? 0);
    if (sentBytes > sizeBytes) throw new TtError('TRANSFER_SIZE', { fileName, sizeBytes, sentBytes });
    for await (const some of pieces) {
      await writer.write(...some);
      giveBack(some);
    }
    if (writer.doneBytes === sizeBytes) return await writer.end(null);
  } finally {
    await writer.close();
  }
  return transfers.status(id, user);
}
