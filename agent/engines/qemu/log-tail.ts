// The last output of a VM: QEMU's own log, preceded by the end of the guest's serial output if there is space.
import { constants } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { visible } from '@tt/protocol';
import { openPlainFile } from './guarded-files.ts';
import type { RunFiles } from './run-files.ts';

const MAX_LINES = 20;
/** Enough for 20 long lines; logs may be megabytes. */
const TAIL_BYTES = 16 * 1024;
/** A guest can print a line without end. */
const LINE_CHARACTERS = 300;

/**
 * At most 20 lines of at most 300 characters, oldest first, without control characters; lines of the guest start with
 * `guest: `, and no other line does. Empty when the VM never ran.
 */
export async function readLogTail(files: Pick<RunFiles, 'log' | 'serialLog'>): Promise<string[]> {
  const own = (await lastLines(files.log)).slice(-MAX_LINES);
  const room = MAX_LINES - own.length;
  const guest = room > 0 ? (await lastLines(files.serialLog)).slice(-room) : [];
  return [...guest.map((line) => `guest: ${line}`), ...own.map((line) => line.replace(/^guest: /, 'guest - '))];
}

async function lastLines(filePath: string): Promise<string[]> {
  try {
    await using file = await openPlainFile(filePath, constants.O_RDONLY);
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const bytes = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    const lines = stripVTControlCharacters(bytes.toString('utf8', 0, bytesRead)).split(/[\r\n]+/);
    // The first of a cut file is only the end of a line.
    return lines.slice(start > 0 ? 1 : 0).flatMap((line) => (line.trim() === '' ? [] : visible(shortened(line))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function shortened(line: string): string {
  return line.length <= LINE_CHARACTERS ? line : `${line.slice(0, LINE_CHARACTERS - 1)}…`;
}
