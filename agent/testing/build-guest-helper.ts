// Test support: compiles the guest helper, one static program for Linux on x86-64, from its C sources.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../host/run-command.ts';

const COMPILE_MS = 60_000;
const FLAGS = ['-std=c11', '-O2', '-static', '-s', '-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter'];

/** Writes the program to `output`. RunError if there is no `gcc`, or with what it complained of. */
export async function buildGuestHelper(output: string, signal?: AbortSignal): Promise<void> {
  const folder = path.resolve(import.meta.dirname, '../guest-helper');
  const sources = (await readdir(folder)).filter((name) => name.endsWith('.c')).sort();
  await runCommand('gcc', [...FLAGS, '-o', output, ...sources.map((name) => path.join(folder, name))], {
    timeoutMs: COMPILE_MS,
    ...(signal && { signal }),
  });
}
