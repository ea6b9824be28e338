// Sends bytes of an upload from Node as the body of one request: for programs, and for a proxy that passes on what is sent to it.
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { OFFSET_HEADER, TICKET_HEADER, TtError, uploadPath } from '@tt/protocol';
import type { RestOfFile } from '../transfer-link.ts';
import { connectionTo, type ServerAddress } from './server-connection.ts';
import { httpBase } from './unix-address.ts';

export interface SentBytes {
  transferId: string;
  ticket: string;
  /** Of the first of them in the file. */
  offset: number;
  /** null: they end where they end. */
  lengthBytes: number | null;
  /** Read as they can be sent. */
  pieces: AsyncIterable<readonly Uint8Array[]>;
  /** Called with each piece once the system has it: nobody reads it any more. Not called for what did not leave. */
  onSpent?: (piece: Uint8Array) => void;
  signal?: AbortSignal;
}

/** Of a file, read at once. */
const PIECE_BYTES = 1024 * 1024;
/** Of an answer: a transfer, or an error. */
const LIMIT_BYTES = 64 * 1024;

/** What the server answers, whatever it is; null if that can’t be read. Rejects with AGENT_GONE, or as reading the pieces does. */
export async function putBytes(server: ServerAddress, sent: SentBytes): Promise<unknown> {
  const { transferId, ticket, offset, lengthBytes, pieces, onSpent, signal } = sent;
  const url = new URL(httpBase(server.url) + uploadPath(transferId));
  const http = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  const createConnection = connectionTo(server);
  const headers = {
    authorization: `Bearer ${server.token}`,
    'content-type': 'application/octet-stream',
    [TICKET_HEADER]: ticket,
    [OFFSET_HEADER]: String(offset),
    ...(lengthBytes !== null && { 'content-length': lengthBytes }),
  };
  const request = http.request(url, { method: 'PUT', headers, ...(createConnection && { createConnection }) });
  const ended = new AbortController();
  const answered = answerTo(request).finally(() => ended.abort());
  // It is asked for below, once there is nothing more to send.
  answered.catch(() => {});
  const stop = () => request.destroy();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    for await (const some of pieces) {
      for (const piece of some) {
        // A refusal comes before the end: the rest is not sent.
        if (ended.signal.aborted) return await answered;
        const spent = (error: Error | null | undefined) => {
          if (!error) onSpent?.(piece);
        };
        if (!request.write(piece, spent)) await once(request, 'drain', ended).catch(() => {});
      }
    }
    request.end();
    return await answered;
  } catch (error) {
    request.destroy();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** As `TransferLink` says. */
export async function putRest(server: ServerAddress, rest: RestOfFile): Promise<unknown> {
  const { transferId, ticket, offset, source, signal } = rest;
  const sent = { transferId, ticket, offset, lengthBytes: source.sizeBytes - offset, pieces: piecesOf(rest) };
  try {
    return await putBytes(server, { ...sent, ...(signal && { signal }) });
  } catch (error) {
    if (error instanceof TtError && error.code === 'AGENT_GONE') return null;
    throw error;
  }
}

async function* piecesOf({
  source,
  offset,
  onProgress,
}: RestOfFile): AsyncGenerator<readonly Uint8Array[], void, void> {
  const { sizeBytes } = source;
  for (let at = offset; at < sizeBytes; ) {
    const piece = await source.read(at, Math.min(PIECE_BYTES, sizeBytes - at));
    yield [piece];
    at += piece.length;
    onProgress?.(at - offset, sizeBytes);
  }
}

async function answerTo(request: ClientRequest): Promise<unknown> {
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    response.setEncoding('utf8');
    for await (const part of response) {
      text += part as string;
      if (text.length > LIMIT_BYTES) throw new Error('the answer is too long');
    }
    return parsed(text);
  } catch (cause) {
    throw new TtError('AGENT_GONE', { call: 'transfer.open' }, { cause });
  } finally {
    request.on('error', () => {});
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
