// Compiles the guest helper, one static program for Linux, from its C sources: for tests, and for the build
// (tools/build/guest-helper.ts).
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RunError, runCommand } from '../host/run-command.ts';

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

/** Where its sources are, beside these. */
export const HELPER_SOURCE_FOLDER = path.resolve(import.meta.dirname, '../guest-helper');

/** Writes the program for this machine to `output`. RunError as above. */
export function buildGuestHelper(output: string, signal?: AbortSignal): Promise<void> {
  return compileGuestHelper(HELPER_SOURCE_FOLDER, 'gcc', output, signal);
}

/** The program for this machine, as images take it; null where there is no compiler. */
export async function testGuestHelper(): Promise<Uint8Array | null> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-helper-'));
  try {
    const file = path.join(folder, 'helper');
    await buildGuestHelper(file);
    return await readFile(file);
  } catch (error) {
    if (error instanceof RunError && error.notFound) return null;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
