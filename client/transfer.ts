// Sends and fetches files over the calls of the contract, for every client. A few chunks are under way at once, so that a far
// server is not waited for at each; what the agent has already is not sent again.
import { CHUNK_BYTES, type Transfer, type TtClient, TtError } from '@tt/protocol';
import { type RunningHash, Sha256 } from './sha256.ts';

/** Chunks under way at once: 1.5 MiB fill a link of 100 Mbit/s and 100 ms. */
const CHUNKS_UNDER_WAY = 4;

export interface TransferOptions {
  signal?: AbortSignal;
  onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Makes the hash; default: one that runs everywhere. */
  hash?: () => RunningHash;
}

export interface UploadSource {
  fileName: string;
  sizeBytes: number;
  /** Exactly these bytes. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * Sends a file; resolves when the agent has checked it. With the `transferId` of an upload that was cut off it goes on where
 * that stopped: the bytes before are only read, for the hash.
 */
export async function uploadFile(
  client: TtClient,
  source: UploadSource,
  transferId: string,
  { signal, onProgress, hash: makeHash = () => new Sha256() }: TransferOptions = {},
): Promise<Transfer> {
  const { fileName, sizeBytes } = source;
  const call = signal ? { signal } : {};
  const begun = await client.transfer.begin({ transferId, fileName, sizeBytes }, call);
  const hash = makeHash();
  const sending: Promise<void>[] = [];
  let done = begun.doneBytes;
  for (let offset = 0; offset < sizeBytes; offset += CHUNK_BYTES) {
    signal?.throwIfAborted();
    const bytes = await source.read(offset, Math.min(CHUNK_BYTES, sizeBytes - offset));
    hash.update(bytes);
    const fresh = bytes.subarray(Math.min(bytes.length, Math.max(0, begun.doneBytes - offset)));
    if (fresh.length === 0) continue;
    const at = offset + bytes.length - fresh.length;
    const dataBase64 = toBase64(fresh);
    const write = async () => {
      const { doneBytes } = await client.transfer.write({ transferId: begun.id, offset: at, dataBase64 }, call);
      done = Math.max(done, doneBytes);
      onProgress?.(done, sizeBytes);
    };
    const sent = write();
    // Awaited below, in order; one that fails before its turn is not unheard.
    sent.catch(() => {});
    sending.push(sent);
    if (sending.length >= CHUNKS_UNDER_WAY) await sending.shift();
  }
  await Promise.all(sending);
  return client.transfer.end({ transferId: begun.id, sha256: hash.hex() }, call);
}

/**
 * Fetches the bytes of a download from `offset` on, in order; the caller checks the hash of the whole (it may have the first
 * part from an earlier try).
 */
export async function* downloadChunks(
  client: TtClient,
  { id, sizeBytes }: Pick<Transfer, 'id' | 'sizeBytes'>,
  offset: number,
  { signal, onProgress }: TransferOptions = {},
): AsyncGenerator<Uint8Array> {
  const call = signal ? { signal } : {};
  const asked: Promise<Uint8Array>[] = [];
  let next = offset;
  let done = offset;
  const ask = () => {
    while (asked.length < CHUNKS_UNDER_WAY && next < sizeBytes) {
      const read = client.transfer
        .read({ transferId: id, offset: next, maxBytes: CHUNK_BYTES }, call)
        .then(({ dataBase64 }) => fromBase64(dataBase64));
      read.catch(() => {});
      asked.push(read);
      next += CHUNK_BYTES;
    }
  };
  for (ask(); asked.length > 0; ask()) {
    signal?.throwIfAborted();
    const bytes = (await asked.shift()) ?? new Uint8Array();
    done += bytes.length;
    onProgress?.(done, sizeBytes);
    yield bytes;
  }
}

/** Throws TRANSFER_HASH unless the bytes that arrived are those the agent has. */
export function checkArrived({ fileName, sha256 }: Pick<Transfer, 'fileName' | 'sha256'>, found: string): void {
  if (sha256 !== found) throw new TtError('TRANSFER_HASH', { fileName, expected: sha256 ?? '', found });
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  // Arguments of one call are limited.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
