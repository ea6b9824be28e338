// The ssh key of each ENV, stored in the agent's state folder where only the agent can read it. Guests get the public part with
// their seed; the owner of the ENV can fetch the private one.
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

  /** The key of an ENV, created at the first request. */
  of(envName: string): Promise<SshKeyPair> {
    const making = this.#making.get(envName) ?? this.#readOrMake(envName);
    this.#making.set(envName, making);
    return making.finally(() => this.#making.delete(envName));
  }

  async #readOrMake(envName: string): Promise<SshKeyPair> {
    const known = await readIfThere(this.#fileOf(envName));
    if (known !== null) return JSON.parse(known) as SshKeyPair;
    const made = makeSshKeyPair(`${envName}@tt`);
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await writePrivateFile(this.#fileOf(envName), `${JSON.stringify(made)}\n`);
    return made;
  }

  /** Idempotent. */
  async remove(envName: string): Promise<void> {
    await rm(this.#fileOf(envName), { force: true });
  }

  /** Removes the keys of ENVs that no longer exist, left by an interrupted removal. */
  async sweep(envNames: ReadonlySet<string>): Promise<void> {
    const found = await readdir(this.#directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    for (const file of found) {
      if (!file.endsWith(ENDING) || envNames.has(file.slice(0, -ENDING.length))) continue;
      await rm(path.join(this.#directory, file));
    }
  }

  #fileOf(envName: string): string {
    return path.join(this.#directory, `${envName}${ENDING}`);
  }
}
