// Kernels and initrds that came with capsules: kept by what is in them, readable for the users that guests run as, removed once
// no VM boots from them any more.
import { randomUUID } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { hashOf } from '../transfers/transfer-files.ts';

export class BootFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Where this file lies from now on. The same content lies there once. */
  async adopt(file: string): Promise<string> {
    await mkdir(this.#directory, { recursive: true, mode: 0o711 });
    await chmod(this.#directory, 0o711);
    const target = path.join(this.#directory, await hashOf(file));
    // Several VMs of one capsule bring the same one at once.
    const part = `${target}.${randomUUID()}`;
    await copyFile(file, part);
    await chmod(part, 0o644);
    await rename(part, target);
    return target;
  }

  /** Removes all that is not among `inUse`; says what. */
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
