// Distinguishes a process from a later one with the same pid, by pid and start time (proc(5), /proc/PID/stat). Every signal to a
// guest goes through here, so a reused pid is never killed.
import { readdir, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { identifyProcess, isRunning, type ProcessIdentity, readProcFile, unlessGone } from '@tt/client/node';

export { identifyProcess, isRunning, type ProcessIdentity };

/** Linux has no larger one (proc(5), pid_max). The fake engine has only larger ones: no process is looked for each time. */
export const LARGEST_PID = 2 ** 22;

/** How often a process that should end is checked: frequently at first, then less often. */
const FIRST_POLL_MS = 5;
const LAST_POLL_MS = 250;

/** Sends a signal if the process is still the same one; false if it was gone. */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isRunning(identity))) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Resolves with true once the process is gone, with false if it still runs after `timeoutMs`. */
export async function waitUntilGone(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (let pollMs = FIRST_POLL_MS; await isRunning(identity); pollMs = Math.min(pollMs * 1.5, LAST_POLL_MS)) {
    const left = deadline - Date.now();
    if (left <= 0) return false;
    // Linux can wake us at another process's end only through a pidfd, which Node can't open.
    await delay(Math.min(pollMs, left));
  }
  return true;
}

/**
 * A running process with all of `wanted` among its arguments, and `cwd` (absolute, no links in it) as its working folder if
 * given; null when there is none. Looks at every process once.
 */
export async function findProcess(wanted: readonly string[], cwd?: string): Promise<ProcessIdentity | null> {
  const pids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name)).map(Number);
  for (const pid of pids) {
    const args = (await readProcFile(pid, 'cmdline'))?.split('\0') ?? [];
    if (!wanted.every((arg) => args.includes(arg))) continue;
    if (cwd !== undefined && (await workingFolder(pid)) !== cwd) continue;
    const identity = await identifyProcess(pid);
    if (identity) return identity;
  }
  return null;
}

/** Bytes of memory the process uses, in RAM and in swap; 0 if it is gone (proc(5), VmRSS and VmSwap). */
export async function memoryBytes(identity: ProcessIdentity): Promise<number> {
  if (!(await isRunning(identity))) return 0;
  const text = (await readProcFile(identity.pid, 'status')) ?? '';
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
  return (kib('VmRSS') + kib('VmSwap')) * 1024;
}

/** Null if the process is gone. Rejects for a process of another user, whose folder is not readable. */
function workingFolder(pid: number): Promise<string | null> {
  return unlessGone(readlink(`/proc/${pid}/cwd`));
}
