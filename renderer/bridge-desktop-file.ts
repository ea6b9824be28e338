// A file of this computer on its way to a server, on the desktop: main reads and sends it (main/files/send-file.ts is the other end), the
// page hears how far it is. Where main does not take it, it goes by the stream, which says what is wrong with it.
import { type RestOfFile, toTtError } from '@tt/client';
import { type ErrorRecord, TtError } from '@tt/protocol';
import { receivePort } from './bridge-desktop-port.ts';

/** What main is asked to send, and where. `openedId`: of a file that was opened with TT; null: the file comes along. */
export interface SendRequest {
  connection: string;
  transferId: string;
  ticket: string;
  offset: number;
  openedId: string | null;
}

/** False: it is to be sent otherwise. True: a port arrives that tells of it. */
export type SendFile = (id: string, want: SendRequest, file: File | null) => Promise<boolean>;

/** What main tells. */
export type SendingNews =
  | { type: 'sent'; byteCount: number }
  | { type: 'answer'; answer: unknown }
  | { type: 'failed'; failure: ErrorRecord };

/** As `TransferLink.putRest`. */
export async function sendFileOf(rest: RestOfFile, connection: string, ask: SendFile): Promise<unknown> {
  const { transferId, ticket, offset, source, signal, onProgress } = rest;
  const { file } = source;
  const openedId = file && 'openedId' in file ? String(file.openedId) : null;
  const chosen = file instanceof File ? file : null;
  if (openedId === null && !chosen) return null;
  signal?.throwIfAborted();
  const want = { connection, transferId, ticket, offset, openedId };
  const port = await receivePort((id) => asked(ask(id, want, chosen))).catch(() => null);
  if (!port) return null;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const take = (news: SendingNews) => {
    if (news.type === 'sent') onProgress?.(news.byteCount, source.sizeBytes);
    else if (news.type === 'answer') resolve(news.answer);
    else reject(toTtError(news.failure, () => new TtError('AGENT_GONE', { call: 'transfer.open' })));
  };
  const stop = () => reject(signal?.reason);
  port.onmessage = ({ data }: MessageEvent<SendingNews>) => take(data);
  // Main ended in the middle of it.
  port.addEventListener('close', () => resolve(null));
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', stop);
    port.close();
  }
}

async function asked(sends: Promise<boolean>): Promise<void> {
  if (!(await sends)) throw new Error('it is sent otherwise');
}
