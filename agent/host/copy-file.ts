// Copies a file in a way that can be stopped: by cp(1). A copy by the kernel (copyFile of Node) goes on to its end, however full
// the disk gets, so nothing that grows is copied like that (`tools/growing-writers.test.ts`).
import { type FileHandle, open, rm } from 'node:fs/promises';
import { RunError, runCommand } from './run-command.ts';

/** Of files as large as a guest's memory, on a slow disk. */
const COPY_TIMEOUT_MS = 60 * 60_000;

/** As {@link copyOpen}, of the file that this path leads to; links are followed: its folder must be trusted. */
export async function copyStoppably(source: string, target: string, signal: AbortSignal): Promise<void> {
  await using from = await open(source);
  await copyOpen(from, target, signal);
}

/**
 * Copies an open file to a name that is not taken (0600), sharing its blocks where the file system can; elsewhere holes stay holes
 * (Node's copyFile would fill them). Rejects with EEXIST, ENOSPC, RunError or the reason of `signal`; then there is no copy.
 */
export async function copyOpen(from: FileHandle, target: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await using to = await open(target, 'wx', 0o600);
  try {
    // Both are open here: cp(1) follows no name that somebody else could change.
    await runCommand('cp', ['--reflink=auto', '--sparse=always', '--', '/proc/self/fd/3', '/proc/self/fd/4'], {
      files: [from.fd, to.fd],
      timeoutMs: COPY_TIMEOUT_MS,
      signal,
    });
  } catch (error) {
    await rm(target, { force: true });
    throw asSystemError(error);
  }
}

/** A full disk as the system calls of this process tell it. */
function asSystemError(error: unknown): unknown {
  if (!(error instanceof RunError)) return error;
  const code = /No space left on device/.test(error.stderr)
    ? 'ENOSPC'
    : /Disk quota exceeded/.test(error.stderr)
      ? 'EDQUOT'
      : null;
  return code === null ? error : Object.assign(new Error(error.stderr.trim(), { cause: error }), { code });
}
