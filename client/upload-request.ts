// Sends what is left of a file as the body of one request, where the far end and the link can: a browser passes it on ten times as fast as
// messages of a socket. Whatever gets no certain answer that way is left to the stream, which says what is wrong.
import { reason, type Transfer, transferSchema, TtError } from '@tt/protocol';
import { toTtError } from './errors.ts';
import type { TransferLink, TransferOptions, UploadSource } from './transfer-link.ts';

/** A writer that is just going may have written more than it was asked about. */
const MOST_TRIES = 3;

/** The transfer, whole; null: another way must be taken, from where the agent has it now. Rejects as the agent refuses it. */
export async function uploadByRequest(
  link: TransferLink,
  source: UploadSource,
  { id: transferId, doneBytes }: Transfer,
  { signal, onProgress }: TransferOptions,
): Promise<Transfer | null> {
  // Only the stream says which hash is expected.
  if (!link.putRest || source.sha256 !== undefined) return null;
  const { sizeBytes } = source;
  let offset = doneBytes;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const { ticket, byRequest } = await link.client.transfer.open({ transferId }, signal ? { signal } : {});
    if (!byRequest) return null;
    const answer = await link.putRest({
      transferId,
      ticket,
      offset,
      source,
      ...(signal && { signal }),
      // What left here lies in buffers on the way; it is there when the agent says so.
      onProgress: (sentBytes) => onProgress?.(Math.min(offset + sentBytes, sizeBytes - 1), sizeBytes),
    });
    const transfer = transferSchema.safeParse(answer);
    if (transfer.success) {
      if (transfer.data.state === 'open') return null;
      onProgress?.(sizeBytes, sizeBytes);
      return transfer.data;
    }
    const refusal = refusalIn(answer);
    if (!refusal) return null;
    // It is sent from the disk, and has become longer since it was chosen.
    if (refusal.code === 'TRANSFER_SIZE') throw changed(source.fileName, refusal);
    if (refusal.code !== 'TRANSFER_OFFSET') throw refusal;
    offset = (refusal as TtError<'TRANSFER_OFFSET'>).data.expected;
  }
  return null;
}

function changed(file: string, cause: TtError): TtError {
  return new TtError('FILE_UNUSABLE', { file, reason: reason('changedWhileSent') }, { cause });
}

/** null: it is none of ours, such as the page of a server between. */
function refusalIn(answer: unknown): TtError | null {
  const unknown = new TtError('AGENT_GONE', { call: 'transfer.open' });
  const refusal = toTtError(answer, () => unknown);
  return refusal === unknown ? null : refusal;
}
