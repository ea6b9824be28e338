// Limits a running VM's logs so that they do not fill the host's disk: the guest decides how much it prints, and QEMU has no
// limit.
import { constants } from 'node:fs';
import { openPlainFile } from './guarded-files.ts';
import type { RunFiles } from './run-files.ts';

const LOOK_EVERY_MS = 10_000;
const MAX_LOG_BYTES = 8 * 1024 * 1024;

/** Empties a log that got too long, every few seconds until the returned function is called. Both are opened for appending. */
export function keepLogsShort(files: Pick<RunFiles, 'log' | 'serialLog'>): () => void {
  const timer = setInterval(() => {
    for (const file of [files.log, files.serialLog]) {
      // A VM being removed loses its logs under our feet; there is nobody to tell, and nothing to do.
      void shorten(file).catch(() => {});
    }
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Exported for its test. */
export async function shorten(file: string, maxBytes = MAX_LOG_BYTES): Promise<void> {
  await using log = await openPlainFile(file, constants.O_WRONLY);
  if ((await log.stat()).size > maxBytes) await log.truncate(0);
}
