// The program that is pushed into guests, where the build has put it: beside the built agent.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const FILE = path.join(import.meta.dirname, 'guest-helper');

/** Null if this agent was built without it, and in a checkout: guests that have no helper of their own then have none. */
export async function helperProgram(): Promise<Uint8Array | null> {
  try {
    return await readFile(FILE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
