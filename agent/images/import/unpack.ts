// Decompresses images: gzip and zstd in Node, xz and bzip2 by their programs. A small file may expand to a huge one, so the
// output is limited.
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { type Packing, quoted, reason, type Reason, TtError } from '@tt/protocol';
import { RunError } from '../../host/run-command.ts';
import { runConfined } from '../../host/run-confined.ts';
import type { Work } from '../tool/interface.ts';

const TIMEOUT_MS = 4 * 60 * 60_000;

export interface UnpackJob {
  source: string;
  target: string;
  packing: Packing;
  /** More is refused. */
  maxBytes: number;
  /** Who programs run as; null: as the agent. */
  user: { uid: number; gid: number } | null;
}

/** Decompresses `source` to `target`. Throws IMAGE_REFUSED for damaged or too large ones. */
export async function unpack(job: UnpackJob, work: Work): Promise<void> {
  const { source, target, packing, maxBytes } = job;
  const refuse = (why: Reason, cause?: unknown) =>
    new TtError('IMAGE_REFUSED', { source: path.basename(source), reason: why }, { cause });
  if (packing === 'xz' || packing === 'bzip2') {
    await unpackByProgram(job, packing, work, refuse);
    return;
  }
  const { size } = await stat(source);
  const input = createReadStream(source);
  let made = 0;
  try {
    await pipeline(
      input,
      packing === 'gzip' ? createGunzip() : createZstdDecompress(),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          made += chunk.length;
          if (made > maxBytes) throw refuse(reason('fileTooLarge', { maxBytes }));
          work.onProgress?.({ done: input.bytesRead, total: size });
          yield chunk;
        }
      },
      createWriteStream(target, { flags: 'wx', mode: 0o600 }),
      { signal: work.signal },
    );
  } catch (error) {
    work.signal.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    // zlib's own codes; anything else (ENOSPC) is no fault of the file.
    if (code?.startsWith('Z_') || code?.startsWith('ZSTD')) throw refuse(quoted('unpackFailed', message), error);
    throw error;
  }
}

async function unpackByProgram(
  { source, target, maxBytes, user }: UnpackJob,
  packing: 'xz' | 'bzip2',
  { signal }: Work,
  refuse: (why: Reason) => TtError,
): Promise<void> {
  // The program only gets open files: it need not be able to read or write in the folder.
  await using input = await open(source);
  await using output = await open(target, 'wx', 0o600);
  try {
    const files = { stdinFd: input.fd, stdoutFd: output.fd };
    await runConfined(packing, ['-d', '-c'], { user, fileBytes: maxBytes, timeoutMs: TIMEOUT_MS, signal, ...files });
  } catch (error) {
    if (!(error instanceof RunError) || error.notFound) throw error;
    if (error.signal === 'SIGXFSZ') throw refuse(reason('fileTooLarge', { maxBytes }));
    const what = error.stderr.trim().slice(-500) || `exit ${error.exitCode ?? error.signal}`;
    throw refuse(quoted('unpackFailed', `${packing}: ${what}`));
  }
}
