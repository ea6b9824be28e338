// Sends a file of this computer to the server of a connection, for a window: as the body of one request, read here, so that none of its
// bytes go through the page. Over the window's port go only how far it is, and how it ended; a port that closes stops it.
import { giveBack, type NodeConnection } from '@tt/client/node';
import { type ErrorRecord, toErrorRecord, TtError } from '@tt/protocol';
import type { FileOnDisk } from './file-on-disk.ts';

/** What main sends into the port. */
export type SendingNews =
  /** So many bytes have left. */
  | { type: 'sent'; byteCount: number }
  /** The JSON that the server answered, whatever its status; null: there was none. */
  | { type: 'answer'; answer: unknown }
  /** Nothing was wrong with the server. */
  | { type: 'failed'; failure: ErrorRecord };

/** The part of MessagePortMain that is used. */
export interface NewsPort {
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  postMessage(message: unknown): void;
  close(): void;
}

export interface WantedSending {
  transferId: string;
  /** Good for this one request. */
  ticket: string;
  /** Of the first byte that is sent. */
  offset: number;
}

/** A page draws no faster. */
const TELL_EVERY_MS = 100;

/** Ends with the news of how it ended, or when the port closes; never rejects. Closes the file. */
export async function sendFile(
  port: NewsPort,
  file: FileOnDisk,
  { transferId, ticket, offset }: WantedSending,
  link: Pick<NodeConnection, 'putBytes'>,
): Promise<void> {
  const stopped = new AbortController();
  port.on('close', () => stopped.abort());
  port.start();
  const tell = (news: SendingNews) => {
    if (!stopped.signal.aborted) port.postMessage(news);
  };
  try {
    const answer = await link.putBytes({
      transferId,
      ticket,
      offset,
      lengthBytes: file.facts.sizeBytes - offset,
      pieces: told(file.pieces(offset), (byteCount) => tell({ type: 'sent', byteCount })),
      onSpent: (piece) => giveBack([piece]),
      signal: stopped.signal,
    });
    tell({ type: 'answer', answer });
  } catch (error) {
    // Whatever else kept the request from being answered: the other way says what that is.
    const isOfFile = error instanceof TtError && error.code === 'FILE_UNUSABLE';
    tell(isOfFile ? { type: 'failed', failure: toErrorRecord(error) } : { type: 'answer', answer: null });
  } finally {
    port.close();
    await file.close();
  }
}

/** A piece has left once the next one is asked for. */
async function* told(
  pieces: AsyncIterable<readonly Uint8Array[]>,
  tell: (byteCount: number) => void,
): AsyncGenerator<readonly Uint8Array[], void, void> {
  let sent = 0;
  let toldAtMs = 0;
  for await (const some of pieces) {
    const byteCount = some.reduce((sum, { length }) => sum + length, 0);
    // Afterwards their memory may have been given back.
    yield some;
    sent += byteCount;
    const now = performance.now();
    if (now - toldAtMs < TELL_EVERY_MS) continue;
    toldAtMs = now;
    tell(sent);
  }
}
