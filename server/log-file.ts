// Where log lines go: standard output, or a file of limited size. Written synchronously, so that the last lines of a process are
// there; a full disk or a closed reader never ends it (decision 0049).
import { renameSync, statSync } from 'node:fs';
import { pino } from 'pino';

/** Per file; beside the current one there are up to {@link OLD_FILES}, `NAME.1` the newest. */
export const LOG_FILE_BYTES = 16 * 1024 * 1024;
export const OLD_FILES = 3;
/** The limit for lines that wait while the disk is full; lines beyond it are lost. */
const WAITING_BYTES = 1024 * 1024;

export interface LogTarget {
  write(line: string): void;
}

/** Standard output. */
export function logToStdout(): LogTarget {
  return target(1);
}

/** Appends to `file`, which is created (0600) if it does not exist. Throws the system's error if it can't be opened. */
export function logToFile(file: string, maxBytes = LOG_FILE_BYTES): LogTarget {
  const destination = target(file);
  let bytes = sizeOf(file);
  return {
    write(line) {
      const lineBytes = Buffer.byteLength(line);
      if (bytes > 0 && bytes + lineBytes > maxBytes) {
        // What can't be renamed now is tried again once another file's worth is written.
        bytes = 0;
        if (rotate(file)) destination.reopen();
      }
      bytes += lineBytes;
      destination.write(line);
    },
  };
}

function target(dest: string | number) {
  const destination = pino.destination({ dest, sync: true, append: true, mode: 0o600, maxLength: WAITING_BYTES });
  // A log that can't be written must not end the process; what could not be written yet is tried again with the next line.
  destination.on('error', () => {});
  return destination;
}

/** False if the current file could not be rotated; then writing continues in it. */
function rotate(file: string): boolean {
  for (let number = OLD_FILES - 1; number > 0; number--) rename(`${file}.${number}`, `${file}.${number + 1}`);
  return rename(file, `${file}.1`);
}

function rename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    // Not there, or the folder can't be written to.
    return false;
  }
}

function sizeOf(file: string): number {
  return statSync(file).size;
}
