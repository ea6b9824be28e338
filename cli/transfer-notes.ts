// Notes about interrupted transfers, so that repeating a command resumes them. They are in the state folder, named by a hash of the
// file's path, so nothing is left beside the user's file and names of any length work.
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { readIfThere, stateDirectory, writePrivateFile } from '@tt/client/node';
import type { z } from 'zod';

/** The agent forgets a transfer nobody touches after hours: an older note leads nowhere. */
const KEPT_MS = 24 * 60 * 60 * 1000;

export class TransferNote<Content> {
  readonly #folder = path.join(stateDirectory(), 'cli-transfers');
  readonly #file: string;
  readonly #schema: z.ZodType<Content>;

  constructor(direction: 'upload' | 'download', file: string, schema: z.ZodType<Content>) {
    this.#file = path.join(this.#folder, `${direction}-${pathHash(file)}.json`);
    this.#schema = schema;
  }

  /** null when there is none, or none that can be read. */
  async read(): Promise<Content | null> {
    const text = await readIfThere(this.#file);
    try {
      return text === null ? null : (this.#schema.safeParse(JSON.parse(text)).data ?? null);
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  }

  async write(content: Content): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#forgetOld();
    await writePrivateFile(this.#file, `${JSON.stringify(content)}\n`);
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  async #forgetOld(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const file = path.join(this.#folder, name);
      const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      if (found && Date.now() - found.mtimeMs > KEPT_MS) await rm(file, { force: true });
    }
  }
}

const LONGEST_NAME_BYTES = 255;

/** Where a download is put together: in the folder of the file it becomes by rename, under a name every file system takes. */
export function partOf(file: string): string {
  const name = `${path.basename(file)}.part`;
  const fits = Buffer.byteLength(name) <= LONGEST_NAME_BYTES;
  return path.join(path.dirname(file), fits ? name : `${pathHash(file).slice(0, 32)}.part`);
}

function pathHash(file: string): string {
  return createHash('sha256').update(path.resolve(file)).digest('hex');
}
