// Distinguishes a process from a later one with the same pid, by pid and start time (proc(5), /proc/PID/stat).
// Linux only. Used by clients that look for the agent, and by the agent for its guests.
import { readFile } from 'node:fs/promises';

/** The identity of a process in a form that can be stored. */
export interface ProcessIdentity {
  pid: number;
  /** Field 22 of /proc/PID/stat, in clock ticks after boot. */
  startTicks: number;
}

/** Identity of a running process; null when there is none with that pid. A zombie counts as gone. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  const text = await readProcFile(pid, 'stat');
  if (text === null) return null;
  // The command name (field 2) stands in parentheses and may itself hold spaces and parentheses.
  const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // `fields` starts with field 4, the parent's pid.
  const threads = Number(fields[20 - 4]);
  // X and Z: dead, only its exit code is still kept for its parent. While it has other threads only the first one is
  // dead: the process still holds its memory, files and locks.
  if (state === 'X' || (state === 'Z' && threads <= 1)) return null;
  return { pid, startTicks: Number(fields[22 - 4]) };
}

/** True while exactly that process runs. Errors of /proc reject: they must never look like "gone". */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(identity.pid))?.startTicks === identity.startTicks;
}

/** Text of a file of /proc/PID; null when the process is gone. */
export function readProcFile(pid: number, name: string): Promise<string | null> {
  return unlessGone(readFile(`/proc/${pid}/${name}`, 'utf8'));
}

/** Null if the process is gone; any other error rejects. */
export async function unlessGone(reading: Promise<string>): Promise<string | null> {
  try {
    return await reading;
  } catch (error) {
    // ESRCH: it ended between open and read.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
