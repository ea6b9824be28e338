// Compiles the guest helper, one static program for Linux, from its C sources: for tests, and for the build
// (tools/build/guest-helper.ts).
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../host/run-command.ts';

const COMPILE_MS = 60_000;
const FLAGS = ['-std=c11', '-O2', '-static', '-s', '-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter'];

/** `folder`: of the sources; a bundle does not know it. RunError if there is no such `compiler`, or with what it complained of. */
export async function compileGuestHelper(
  folder: string,
  compiler: string,
  output: string,
  signal?: AbortSignal,
): Promise<void> {
  const sources = (await readdir(folder)).filter((name) => name.endsWith('.c')).sort();
  await runCommand(compiler, [...FLAGS, '-o', output, ...sources.map((name) => path.join(folder, name))], {
    timeoutMs: COMPILE_MS,
    ...(signal && { signal }),
  });
}

/** Writes the program for this machine to `output`. RunError as above. */
export function buildGuestHelper(output: string, signal?: AbortSignal): Promise<void> {
  return compileGuestHelper(path.resolve(import.meta.dirname, '../guest-helper'), 'gcc', output, signal);
}
