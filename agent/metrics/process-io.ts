// What a process read from and wrote to disks, from /proc/PID/io (proc(5)). Used by the metrics collector.
import { readFileSync } from 'node:fs';
import { LARGEST_PID, type ProcessIdentity } from '../host/process-identity.ts';

/** Bytes since the process began. */
export interface ProcessIo {
  readBytes: number;
  writtenBytes: number;
}

/**
 * Null if the kernel refuses (it requires the right to trace the process) or the process is gone. Synchronous: /proc answers
 * from memory, and Node's thread pool would cost ten times as much, every second for every VM.
 */
export function readProcessIo({ pid, startTicks }: ProcessIdentity): ProcessIo | null {
  if (pid > LARGEST_PID) return null;
  try {
    const text = readFileSync(`/proc/${pid}/io`, 'utf8');
    // After it, so that a pid that came round to another process between the two is seen.
    if (startTicksOf(readFileSync(`/proc/${pid}/stat`, 'utf8')) !== startTicks) return null;
    // `read_bytes` and `write_bytes` are those that went to the disk (or will): `rchar` would count the page cache too.
    const number = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
    const io = { readBytes: number('read_bytes'), writtenBytes: number('write_bytes') };
    // A kernel built without the counting of I/O has the file, but not these lines.
    return Number.isNaN(io.readBytes + io.writtenBytes) ? null : io;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return null;
    throw error;
  }
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold anything, also blanks and parentheses. */
function startTicksOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3]);
}
