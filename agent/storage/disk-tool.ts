// Runs a tool on disks as the user who owns them, and converts its failures to those of a storage.
import { RunError, type RunOptions, runCommand } from '../host/run-command.ts';
import { ownUser } from './disk-owner.ts';
import { StorageError } from './errors.ts';
import type { DiskOwner } from './interface.ts';

/** Tools usually need milliseconds; a minute means that the disk hangs. */
export const QUICK_TIMEOUT_MS = 60_000;
/** The limit for copying a disk. */
export const COPY_TIMEOUT_MS = 4 * 60 * 60_000;

export interface ToolOptions extends Partial<Omit<RunOptions, 'user'>> {
  /**
   * Owner of the files. A guest that escaped into its QEMU can write references to other files into its disk's header, or
   * replace a file by a link, and root would open them.
   */
  owner?: DiskOwner;
}

/** Resolves with the standard output. Rejects with StorageError, or with the reason of an abort. */
export async function runDiskTool(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<string> {
  const { owner, ...others } = options;
  const user = owner === undefined || owner.uid === ownUser().uid ? {} : { user: owner };
  try {
    return (await runCommand(command, args, { timeoutMs: QUICK_TIMEOUT_MS, ...others, ...user })).stdout;
  } catch (error) {
    throw asToolFailure(error);
  }
}

/** Converts a failed program to a failure of the storage; returns everything else unchanged. */
export function asToolFailure(error: unknown): unknown {
  return error instanceof RunError ? new StorageError(codeOf(error), error.message, { cause: error }) : error;
}

function codeOf(error: RunError): 'TOOL_MISSING' | 'DISK_FULL' | 'STORAGE_FAILED' {
  if (error.notFound) return 'TOOL_MISSING';
  return /No space left on device|Disk quota exceeded|out of space/.test(error.stderr) ? 'DISK_FULL' : 'STORAGE_FAILED';
}
