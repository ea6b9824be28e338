// The program that is put into images and pushed into guests, where the build has put it: beside the built agent (tools/build/guest-helper.ts).
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** As `uname -m` names them in the guest. */
export type HelperArchitecture = 'x86_64' | 'aarch64';

// An agent that runs from its sources uses what the last build of its checkout has made. Elsewhere nothing is looked for outside its
// own folder, where others might put a program.
const isSource = path.basename(import.meta.dirname) === 'guest-channel';
const FOLDER = path.resolve(import.meta.dirname, isSource ? '../../out/agent/guest-helper' : 'guest-helper');

export function helperFile(architecture: HelperArchitecture = 'x86_64'): string {
  return path.join(FOLDER, architecture);
}

/**
 * Null if this agent was built without it, as where there was no C compiler (the doctor says so): guests that have no helper of
 * their own then have none.
 */
export async function helperProgram(architecture: HelperArchitecture = 'x86_64'): Promise<Uint8Array | null> {
  try {
    return await readFile(helperFile(architecture));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
