// How much memory a process uses, from /proc/PID/smaps_rollup (proc(5)), with what it shares counted in equal parts.
import { isRunning, type ProcessIdentity, readProcFile } from '@tt/client/node';
import { LARGEST_PID } from './process-identity.ts';

export interface MemoryUse {
  /** In RAM, whether another process has the same page or not. */
  residentBytes: number;
  /** The part of it that is this process's, and what it has in swap: of a page that three processes map, a third (PSS). */
  proportionalBytes: number;
  /** The part of that which is in files of the host's memory, such as sealed copies. */
  proportionalShmemBytes: number;
}

/**
 * Null if the process is gone, or if the kernel refuses (it requires the right to trace the process). The kernel walks the page tables
 * of the process: a few milliseconds for a GiB, during which the process can map nothing.
 */
export async function readMemoryUse(identity: ProcessIdentity): Promise<MemoryUse | null> {
  if (identity.pid > LARGEST_PID) return null;
  try {
    const text = await readProcFile(identity.pid, 'smaps_rollup');
    // After it, so that a pid that came round to another process between the two is seen.
    return text === null || !(await isRunning(identity)) ? null : parseRollup(text);
  } catch (error) {
    if (['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** Null for a process without memory of its own (one that has just ended), and for a kernel that doesn't count it. */
export function parseRollup(text: string): MemoryUse | null {
  const bytes = (name: string) => {
    const [, kib] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text) ?? [];
    return kib === undefined ? null : Number(kib) * 1024;
  };
  const [resident, proportional] = [bytes('Rss'), bytes('Pss')];
  if (resident === null || proportional === null) return null;
  return {
    residentBytes: resident,
    proportionalBytes: proportional + (bytes('SwapPss') ?? 0),
    proportionalShmemBytes: bytes('Pss_Shmem') ?? 0,
  };
}
