// Downloads a file of any size: resumes after a cut connection (HTTP Range, RFC 9110 14), also in a later call, and never mixes
// two versions of a file. What becomes of partial data is told in `partial-downloads.ts`.
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { reason, TtError } from '@tt/protocol';
import { isDiskFull } from '../../host/disk-full.ts';
import type { Work } from '../tool/interface.ts';
import { FinalRefusal, httpGet } from './http-get.ts';
import { noteOf, partialFile, readNote, writeNote } from './partial-note.ts';
import { parseSourceUrl, publicUrl } from './source-url.ts';
import { ReasonError, reasonOf } from '../../host/reason-error.ts';

/** Consecutive attempts without data before giving up. */
const MAX_TRIES = 5;
/** Checksum files are some kilobytes. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

export interface DownloadOptions extends Work {
  url: string;
  /** Whose quota it counts in while it lies there unfinished; null: nobody's. */
  owner: string | null;
  /** A larger file is refused. */
  maxBytes: number;
  innerAllowed: boolean;
  /** Default 60 s. */
  idleMs?: number;
  /** Before the second try; twice as long before each next one; default 1 s. */
  retryMs?: number;
}

/** Downloads into a folder of partial downloads; returns the path of the whole file, which is the caller's now, as its note is. */
export async function download(folder: string, options: DownloadOptions): Promise<string> {
  const url = parseSourceUrl(options.url);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const partial = partialFile(folder, options.url);
  const failed = (error: unknown) =>
    new TtError('IMAGE_DOWNLOAD_FAILED', { url: publicUrl(url), reason: reasonOf(error) }, { cause: error });
  let before = -1;
  for (let tries = 1; ; tries++) {
    try {
      await downloadRest(url, partial, options);
      return partial;
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof TtError) throw error;
      if (error instanceof FinalRefusal || isDiskFull(error)) throw failed(error);
      const now = await sizeOf(partial);
      // A try that brought something was not in vain.
      if (now > before) tries = 1;
      before = now;
      if (tries >= MAX_TRIES) throw failed(error);
      await wait((options.retryMs ?? 1_000) * 2 ** (tries - 1), undefined, { signal: options.signal });
    }
  }
}

/** A small text, such as a list of checksums. */
export async function downloadText(
  options: Omit<DownloadOptions, 'maxBytes' | 'onProgress' | 'owner'>,
  folder: string,
): Promise<string> {
  const file = await download(folder, { ...options, owner: null, maxBytes: MAX_TEXT_BYTES });
  const text = await readFile(file, 'utf8');
  for (const used of [file, noteOf(file)]) await rm(used);
  return text;
}

async function downloadRest(url: URL, partial: string, options: DownloadOptions): Promise<void> {
  const have = await sizeOf(partial);
  const validator = have > 0 ? (await readNote(partial)).validator : null;
  const from = validator === null ? 0 : have;
  const answer = await httpGet(url, {
    headers: from > 0 && validator !== null ? { range: `bytes=${from}-`, 'if-range': validator } : {},
    idleMs: options.idleMs ?? 60_000,
    innerAllowed: options.innerAllowed,
    signal: options.signal,
  });
  try {
    await take(answer, partial, from, options);
  } finally {
    answer.destroy();
  }
}

async function take(answer: IncomingMessage, partial: string, from: number, options: DownloadOptions): Promise<void> {
  const { statusCode = 0, headers } = answer;
  if (statusCode === 416) {
    // What is there is not what the server has: begin anew.
    await rm(partial, { force: true });
    throw new ReasonError(reason('serverHasLess'));
  }
  if (statusCode !== 200 && statusCode !== 206) {
    const why = reason('serverStatus', { status: statusCode });
    throw statusCode >= 500 || statusCode === 429 ? new ReasonError(why) : new FinalRefusal(why);
  }
  const start = statusCode === 206 ? rangeStart(headers['content-range']) : 0;
  if (start !== 0 && start !== from) throw new FinalRefusal(reason('serverOtherPart'));
  const length = Number(headers['content-length'] ?? Number.NaN);
  const total = Number.isFinite(length) ? start + length : null;
  const tooLarge = () =>
    new TtError('IMAGE_REFUSED', {
      source: publicUrl(new URL(options.url)),
      reason: reason('fileTooLarge', { maxBytes: options.maxBytes }),
    });
  if (total !== null && total > options.maxBytes) throw tooLarge();
  const strong = headers.etag !== undefined && !headers.etag.startsWith('W/') ? headers.etag : headers['last-modified'];
  await writeNote(partial, { validator: strong ?? null, owner: options.owner });
  await using file = await open(partial, start === 0 ? 'w' : 'r+', 0o600);
  let done = start;
  // The connection's own time-out is the request's; a body that stops coming ends it too.
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    if (done + chunk.length > options.maxBytes) throw tooLarge();
    await file.write(chunk, 0, chunk.length, done);
    done += chunk.length;
    if (total !== null) options.onProgress?.({ done, total });
  }
  if (total !== null && done < total) throw new ReasonError(reason('linkCut', { done, total }));
  await file.sync();
}

/** `bytes 100-199/200` */
function rangeStart(header: string | undefined): number {
  const start = /^bytes (\d+)-/.exec(header ?? '')?.[1];
  if (start === undefined) throw new FinalRefusal(reason('serverNoPart'));
  return Number(start);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
