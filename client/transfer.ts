// Sends and fetches files by the streams of the contract, for every client. Neither side gets ahead of the other by more than a
// window; what the agent already has is not sent again.
import { type Transfer, TtError } from '@tt/protocol';
import type { ByteChannel } from './byte-channel.ts';
import { toTtError } from './errors.ts';
import { encodeData, encodeFrame, FrameReader, type TransferFrame } from './transfer-frames.ts';
import type { TransferLink, TransferOptions, UploadSource } from './transfer-link.ts';
import { UploadPace } from './upload-pace.ts';
import { uploadByRequest } from './upload-request.ts';

/**
 * Sends a file, as one request where that can be; resolves when the agent has all of it and has hashed it. With the `transferId` of an interrupted upload it
 * resumes that one. Rejects with AGENT_GONE when the link is cut.
 */
export async function uploadFile(
  link: TransferLink,
  source: UploadSource,
  transferId: string,
  { signal, onProgress }: TransferOptions = {},
): Promise<Transfer> {
  const { fileName, sizeBytes } = source;
  // Not stopped: whoever drops the transfer then must not be overtaken by its beginning.
  const begun = await link.client.transfer.begin({ transferId, fileName, sizeBytes });
  signal?.throwIfAborted();
  if (begun.state !== 'open') return begun;
  const options = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const sent = await uploadByRequest(link, source, begun, options);
  return sent ?? uploadByStream(link, source, begun, options);
}

async function uploadByStream(
  link: TransferLink,
  source: UploadSource,
  { id: transferId }: Transfer,
  { signal, onProgress }: TransferOptions,
): Promise<Transfer> {
  const { sizeBytes } = source;
  const { ticket } = await link.client.transfer.open({ transferId }, signal ? { signal } : {});
  const stream = new FrameStream(link.openStream(ticket), signal);
  try {
    let done = await stream.progress();
    const pace = new UploadPace(done);
    while (done < sizeBytes) {
      const next = Math.min(pace.partBytes, sizeBytes - pace.sent);
      if (next > 0) {
        const bytes = await source.read(pace.sent, next);
        stream.sendData(bytes);
        pace.send(bytes.length, performance.now());
      } else {
        done = await stream.progress();
        pace.arrive(done, performance.now());
        onProgress?.(done, sizeBytes);
      }
    }
    stream.send({ kind: 'end', sha256: source.sha256 ?? null, transfer: null });
    const last = await stream.next();
    if (last.kind !== 'end' || !last.transfer) throw gone();
    return last.transfer;
  } finally {
    stream.close();
  }
}

/**
 * Fetches the bytes of a download from `offset` on, in order; returns the transfer, which is then complete. One that is still
 * being packed is followed as it grows; if packing fails, that error is thrown. Throws TRANSFER_SIZE if bytes are missing.
 */
export async function* downloadChunks(
  link: TransferLink,
  { id }: Pick<Transfer, 'id'>,
  offset: number,
  { signal, onProgress }: TransferOptions = {},
): AsyncGenerator<Uint8Array, Transfer> {
  const { ticket } = await link.client.transfer.open({ transferId: id }, signal ? { signal } : {});
  const stream = new FrameStream(link.openStream(ticket), signal);
  try {
    await stream.opened;
    let done = offset;
    let total = 0;
    stream.send({ kind: 'progress', doneBytes: done });
    for (;;) {
      const frame = await stream.next();
      if (frame.kind === 'end' && frame.transfer) return checkSize(frame.transfer, done);
      if (frame.kind === 'size') {
        total = frame.sizeBytes;
        continue;
      }
      if (frame.kind !== 'data') throw gone();
      yield frame.bytes;
      done += frame.bytes.length;
      onProgress?.(done, total);
      stream.send({ kind: 'progress', doneBytes: done });
    }
  } finally {
    stream.close();
  }
}

function checkSize(transfer: Transfer, arrived: number): Transfer {
  const { fileName, sizeBytes } = transfer;
  if (arrived !== sizeBytes) throw new TtError('TRANSFER_SIZE', { fileName, sizeBytes, sentBytes: arrived });
  return transfer;
}

/** As `downloadChunks`, with `take` for each piece. */
export async function downloadTo(
  link: TransferLink,
  transfer: Pick<Transfer, 'id'>,
  offset: number,
  take: (bytes: Uint8Array) => Promise<void> | void,
  options: TransferOptions = {},
): Promise<Transfer> {
  const chunks = downloadChunks(link, transfer, offset, options);
  for (;;) {
    const { done, value } = await chunks.next();
    if (done) return value;
    try {
      await take(value);
    } catch (error) {
      await chunks.return({} as never);
      throw error;
    }
  }
}

/**
 * Fetches a file while `pack` makes it. A failure of `pack` ends the fetch and is thrown; one of `fetch` is thrown once `pack`
 * has ended, so that the fetch can be retried with the packed file.
 */
export async function whilePacked<Packed, Fetched>(
  pack: Promise<Packed>,
  fetch: (signal: AbortSignal) => Promise<Fetched>,
): Promise<{ packed: Packed; fetched: PromiseSettledResult<Fetched> }> {
  const ended = new AbortController();
  const fetching = Promise.allSettled([fetch(ended.signal)]);
  try {
    const packed = await pack;
    const [fetched] = await fetching;
    return { packed, fetched };
  } catch (error) {
    ended.abort(error);
    await fetching;
    throw error;
  }
}

/** Throws TRANSFER_HASH unless the bytes that arrived are those the agent has. */
export function checkArrived({ fileName, sha256 }: Pick<Transfer, 'fileName' | 'sha256'>, found: string): void {
  if (sha256 !== found) throw new TtError('TRANSFER_HASH', { fileName, expected: sha256 ?? '', found });
}

/** A channel as a sequence of frames; the caller who opened it closes it. */
export class FrameStream {
  readonly opened: Promise<void>;
  readonly #channel: ByteChannel;
  readonly #frames: TransferFrame[] = [];
  #failure: Error | null = null;
  #wake: () => void = () => {};

  constructor(channel: ByteChannel, signal?: AbortSignal) {
    this.#channel = channel;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.opened = promise;
    // Whoever only reads hears of it by the next frame.
    promise.catch(() => {});
    const fail = (error: Error) => {
      this.#failure ??= error;
      reject(error);
      this.#wake();
    };
    const reader = new FrameReader();
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => resolve();
    channel.onclose = () => fail(gone());
    channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      try {
        this.#frames.push(...reader.push(new Uint8Array(data)));
        this.#wake();
      } catch (cause) {
        fail(gone(cause));
        channel.close();
      }
    };
    const abort = () => {
      const reason: unknown = signal?.reason;
      fail(reason instanceof Error ? reason : new DOMException('The transfer was stopped.', 'AbortError'));
      channel.close();
    };
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  }

  send(frame: TransferFrame): void {
    if (this.#failure) throw this.#failure;
    this.#channel.send(encodeFrame(frame));
  }

  /** As frames of data, in one message. */
  sendData(bytes: Uint8Array): void {
    if (this.#failure) throw this.#failure;
    this.#channel.send(encodeData(bytes));
  }

  /** Rejects with the coded error if the other side reports a failure. */
  async next(): Promise<TransferFrame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame?.kind === 'failed') throw toTtError(frame, () => gone());
      if (frame) return frame;
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The last that was said of it so far, or the next. */
  async progress(): Promise<number> {
    let frame = await this.next();
    while (frame.kind === 'progress' && this.#frames[0]?.kind === 'progress') frame = await this.next();
    if (frame.kind !== 'progress') throw gone();
    return frame.doneBytes;
  }

  close(): void {
    this.#channel.close();
  }
}

function gone(cause?: unknown): TtError {
  return new TtError('AGENT_GONE', { call: 'transfer.open' }, { cause });
}
