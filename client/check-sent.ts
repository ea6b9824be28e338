// Whether a file that was chosen again is the one that was begun to be sent: what the agent has of it is compared by SHA-256, part by
// part, so that neither side needs a hash that can be taken up in the middle.
import { TRANSFER_DIGEST_BYTES, type Transfer, type TtClient, TtError } from '@tt/protocol';
import type { TransferOptions, UploadSource } from './transfer-link.ts';

/** Rejects with TRANSFER_OTHER_FILE where it is another file, and with what transfer.digest rejects with. */
export async function checkSent(
  { client }: { client: { transfer: Pick<TtClient['transfer'], 'digest'> } },
  source: UploadSource,
  { id, sizeBytes, doneBytes }: Pick<Transfer, 'id' | 'sizeBytes' | 'doneBytes'>,
  { signal, onProgress }: TransferOptions = {},
): Promise<void> {
  if (source.sizeBytes !== sizeBytes) throw otherFile(source);
  const call = signal ? { signal } : {};
  for (let offset = 0; offset < doneBytes; ) {
    signal?.throwIfAborted();
    const wanted = Math.min(TRANSFER_DIGEST_BYTES, doneBytes - offset);
    const [theirs, bytes] = await Promise.all([
      client.transfer.digest({ transferId: id, offset, lengthBytes: wanted }, call),
      source.read(offset, wanted),
    ]);
    // After a power cut the agent may have less than it said.
    if (theirs.lengthBytes === 0) return;
    if ((await sha256Of(bytes.subarray(0, theirs.lengthBytes))) !== theirs.sha256) throw otherFile(source);
    offset += theirs.lengthBytes;
    onProgress?.(offset, doneBytes);
  }
}

function otherFile({ fileName }: UploadSource): TtError {
  return new TtError('TRANSFER_OTHER_FILE', { fileName });
}

async function sha256Of(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
