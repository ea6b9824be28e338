// Sends recordings to the agent that packs them into a capsule. They are small beside it, and not gone on with: after a failure nothing of
// them is left there.
import { randomUUID } from 'node:crypto';
import { dropTransfer, uploadFile } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { reason, TtError } from '@tt/protocol';
import type { RecordingToSend } from './recordings-to-send.ts';
import { showing } from './transfer-progress.ts';

/** Runs `use` with the ids of their transfers, in their order. */
export async function withSentRecordings<Result>(
  connection: NodeConnection,
  recordings: readonly RecordingToSend[],
  use: (transferIds: string[]) => Promise<Result>,
): Promise<Result> {
  const sent: string[] = [];
  try {
    for (const { fileName, source } of recordings) {
      const read = async (offset: number, length: number) => {
        const bytes = new Uint8Array(await source.slice(offset, offset + length).arrayBuffer());
        if (bytes.length === length) return bytes;
        throw new TtError('FILE_UNUSABLE', { file: fileName, reason: reason('shrankWhileSent') });
      };
      const wanted = randomUUID();
      const at = sent.push(wanted) - 1;
      const whole = { fileName, sizeBytes: source.size, read };
      sent[at] = (await uploadFile(connection, whole, wanted, showing('sending'))).id;
    }
    return await use(sent);
  } catch (error) {
    // Where that fails too the first failure is the one to tell; the agent removes what nobody touches.
    for (const id of sent) await dropTransfer(connection, id).catch(() => {});
    throw error;
  }
}
