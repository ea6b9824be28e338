// Sends the rest of a chosen file from the page as the body of one request: the browser reads and sends it beside the page, which only hears
// how far it is.
import type { RestOfFile, UploadSource } from '@tt/client';
import { OFFSET_HEADER, TICKET_HEADER, uploadPath } from '@tt/protocol';

/** The JSON that was answered; null: there is none, or the file can’t be sent so. Rejects when it is stopped. */
export async function putFile(
  { transferId, ticket, offset, source, signal, onProgress }: RestOfFile,
  session: string | null,
): Promise<unknown> {
  const rest = restOf(source, offset);
  if (!rest || session === null) return null;
  const request = new XMLHttpRequest();
  request.open('PUT', uploadPath(transferId));
  request.setRequestHeader('authorization', `Bearer ${session}`);
  request.setRequestHeader('content-type', 'application/octet-stream');
  request.setRequestHeader(TICKET_HEADER, ticket);
  request.setRequestHeader(OFFSET_HEADER, String(offset));
  request.upload.onprogress = ({ loaded }) => onProgress?.(loaded, source.sizeBytes);
  const ended = new Promise<void>((resolve) => {
    request.onloadend = () => resolve();
  });
  const stop = () => request.abort();
  signal?.addEventListener('abort', stop, { once: true });
  request.send(rest);
  await ended;
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  return jsonOf(request.responseText);
}

/**
 * All of a file is sent as the file itself: Chromium’s network process reads that where it sends it. A part of one comes to it through another
 * process, in small pieces, for almost twice the processor time.
 */
function restOf({ file, sizeBytes }: UploadSource, offset: number): Blob | null {
  if (offset === 0 && file instanceof File && file.size === sizeBytes) return file;
  const rest = file?.slice(offset, sizeBytes);
  return rest instanceof Blob ? rest : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
