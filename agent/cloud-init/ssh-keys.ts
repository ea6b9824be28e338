// ssh keys by the name of who has them, stored in the agent's state folder where only the agent can read them: of each ENV (guests get
// the public part with their seed, the owner of the ENV can fetch the private one), and the host key of each VM, by its id.
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { readIfThere, writePrivateFile } from '@tt/client/node';
import { makeSshKeyPair, type SshKeyPair } from './openssh-key.ts';

const ENDING = '.json';

export class SshKeys {
  readonly #directory: string;
  /** Two VMs of one ENV may ask for its first key at the same time. */
  readonly #making = new Map<string, Promise<SshKeyPair>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The key of that name, created at the first request. */
  of(name: string): Promise<SshKeyPair> {
    const making = this.#making.get(name) ?? this.#readOrMake(name);
    this.#making.set(name, making);
    return making.finally(() => this.#making.delete(name));
  }

  async #readOrMake(name: string): Promise<SshKeyPair> {
    const known = await readIfThere(this.#fileOf(name));
    if (known !== null) return JSON.parse(known) as SshKeyPair;
    const made = makeSshKeyPair(`${name}@tt`);
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await writePrivateFile(this.#fileOf(name), `${JSON.stringify(made)}\n`);
    return made;
  }

  /** Idempotent. */
  async remove(name: string): Promise<void> {
    await rm(this.#fileOf(name), { force: true });
  }

  /** Removes all other keys, left by an interrupted removal. */
  async sweep(names: ReadonlySet<string>): Promise<void> {
    const found = await readdir(this.#directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    for (const file of found) {
      if (!file.endsWith(ENDING) || names.has(file.slice(0, -ENDING.length))) continue;
      await rm(path.join(this.#directory, file));
    }
  }

  #fileOf(name: string): string {
    return path.join(this.#directory, `${name}${ENDING}`);
  }
}
