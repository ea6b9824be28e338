// Kernels and initrds that came with capsules: stored by content hash, readable for the users that guests run as, and removed
// once no VM boots from them.
import { randomUUID } from 'node:crypto';
import { chmod, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { copyOpen } from '../host/copy-file.ts';
import { isThere } from '../host/is-there.ts';
import { makeOwnFolder } from '../host/own-folder.ts';
import { openPlain, pathOf } from '../host/plain-file.ts';
import { hashOf } from '../transfers/transfer-files.ts';

export class BootFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Where it writes. */
  get directory(): string {
    return this.#directory;
  }

  /** The path of this file from now on. The same content is stored only once. */
  async adopt(file: string, signal: AbortSignal): Promise<string> {
    await makeOwnFolder(this.#directory, 0o711);
    // What is open is what is hashed, copied and then readable for all.
    await using source = await openPlain(file);
    const target = path.join(this.#directory, await hashOf(pathOf(source)));
    // Its name is its content, and it got that name when it was whole.
    if (await isThere(target)) return target;
    // Several imports bring the same one at once.
    const part = `${target}.${randomUUID()}`;
    await copyOpen(source, part, signal);
    await chmod(part, 0o644);
    await rename(part, target);
    return target;
  }

  /** Removes everything that is not in `inUse`; returns what it removed. */
  async sweep(inUse: ReadonlySet<string>): Promise<string[]> {
    const names = await readdir(this.#directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const unused = names.filter((name) => !inUse.has(path.join(this.#directory, name)));
    for (const name of unused) await rm(path.join(this.#directory, name), { force: true });
    return unused;
  }
}
