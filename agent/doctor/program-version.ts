// Reads the version of a program, which most print in the first line of `--version`.
import { RunError } from '../host/run-command.ts';
import type { Machine } from './machine.ts';

const TIMEOUT_MS = 8_000;

/** The first `1.2` or `1.2.3` it prints; null when the program is not installed. Other failures reject. */
export async function programVersion(
  machine: Machine,
  command: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const { stdout, stderr } = await machine.run(command, args, { timeoutMs: TIMEOUT_MS, signal });
    const version = /\d+\.\d+(?:\.\d+)*/.exec(`${stdout}\n${stderr}`)?.[0];
    if (version === undefined) throw new Error(`${command} ${args.join(' ')} printed no version`);
    return version;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/**
 * True if a program does not exist. If this user cannot enter a folder of PATH, the search ends with EACCES instead of ENOENT
 * (execvp(3)).
 */
export function isMissing(error: unknown): boolean {
  if (error instanceof RunError) return error.notFound;
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'EACCES';
}
