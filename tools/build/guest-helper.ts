// Compiles the guest helper for each architecture that this machine has a C compiler for, into the built agent. Without one the
// agent is built all the same, and its doctor says what is missing.
import { chmod, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { RunError } from '../../agent/host/run-command.ts';
import type { HelperArchitecture } from '../../agent/guest-channel/helper-program.ts';
import { compileGuestHelper } from '../../agent/testing/build-guest-helper.ts';

/** Below the folder of the built agent, with one file for each architecture. */
export const HELPER_FOLDER = 'guest-helper';
/** The folder of its sources, from the root. */
export const HELPER_SOURCES = 'agent/guest-helper';

/** The first that is there. A plain `gcc` compiles for the machine that it runs on. */
const compilers: Readonly<Record<HelperArchitecture, readonly string[]>> = {
  x86_64: process.arch === 'x64' ? ['x86_64-linux-gnu-gcc', 'gcc'] : ['x86_64-linux-gnu-gcc'],
  aarch64: process.arch === 'arm64' ? ['aarch64-linux-gnu-gcc', 'gcc'] : ['aarch64-linux-gnu-gcc'],
};

/** Returns the architectures that it was compiled for. */
export async function buildGuestHelpers(root: string, agentFolder: string): Promise<HelperArchitecture[]> {
  if (process.platform !== 'linux') return [];
  const folder = path.join(agentFolder, HELPER_FOLDER);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const sources = path.join(root, HELPER_SOURCES);
  const made: HelperArchitecture[] = [];
  for (const architecture of ['x86_64', 'aarch64'] as const) {
    const file = path.join(folder, architecture);
    if (!(await compileWithFirst(compilers[architecture], sources, file))) continue;
    // Read by the agent, and run in guests only.
    await chmod(file, 0o644);
    made.push(architecture);
  }
  return made;
}

async function compileWithFirst(names: readonly string[], sources: string, file: string): Promise<boolean> {
  for (const name of names) {
    try {
      await compileGuestHelper(sources, name, file);
      return true;
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      // Without a static C library, say: the package check misses it, and a checkout works but for files and commands in guests.
      if (!error.notFound) process.stderr.write(`tt: the guest helper is not compiled: ${error.message}\n`);
    }
  }
  return false;
}
