// Commands that take several names: each is done, whatever becomes of the others.
import { TtError } from '@tt/protocol';
import { asNameProblem } from './name-problem.ts';
import { printFailure, printJson } from './output.ts';

interface Shown<Result> {
  json: boolean;
  /** For people. */
  show: (result: Result, name: string) => void;
  /** What is printed with JSON, where it is not the result itself. */
  jsonOf?: (result: Result) => unknown;
}

/**
 * Runs `work` for one name after the other and shows each result: with JSON one object for one name, a list for several. What
 * fails is said at once, and the exit code is that of the first failure. Ctrl-C ends it.
 */
export async function forEachName<Result>(
  names: readonly string[],
  work: (name: string) => Promise<Result>,
  { json, show, jsonOf = (result) => result }: Shown<Result>,
): Promise<void> {
  const [only] = names;
  if (names.length === 1 && only !== undefined) {
    const result = await work(only);
    if (json) printJson(jsonOf(result));
    else show(result, only);
    return;
  }
  const results: Result[] = [];
  let exitCode: number | undefined;
  for (const name of new Set(names)) {
    try {
      const result = await work(name);
      results.push(result);
      if (!json) show(result, name);
    } catch (error) {
      if (!canGoOn(error)) throw error;
      exitCode ??= printFailure(error, json);
    }
  }
  if (json) printJson(results.map(jsonOf));
  if (exitCode !== undefined) process.exitCode = exitCode;
}

/** A failure that is about this name, not about the server or about what the user wants. */
export function canGoOn(error: unknown): boolean {
  const known = asNameProblem(error);
  if (!(known instanceof TtError)) return false;
  return !['OPERATION_CANCELLED', 'AGENT_GONE', 'AGENT_UNREACHABLE', 'UNAUTHORIZED'].includes(known.code);
}
