// The current line of each disk of a VM (the dataset it writes to), in `<VM's folder>/current`: changed in one step for all
// disks, so that a revert is either done or not. The folder belongs to the agent.
import { readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StorageError } from '../errors.ts';
import { asStorageError, hasCode } from '../file-errors.ts';
import { syncPath } from '../plain-file.ts';

/** Disk's name -> name of its line's dataset, without those above. */
export type Lines = Record<string, string>;

const FILE = 'current';

export class LineRegistry {
  readonly #folderOf: (vmId: string) => string;

  constructor(folderOf: (vmId: string) => string) {
    this.#folderOf = folderOf;
  }

  /** Null only if there certainly is none. */
  async find(vmId: string): Promise<Lines | null> {
    try {
      return JSON.parse(await readFile(this.#file(vmId), 'utf8')) as Lines;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null;
      throw error;
    }
  }

  /** DISK_NOT_FOUND. */
  async read(vmId: string): Promise<Lines> {
    const lines = await this.find(vmId);
    if (lines) return lines;
    throw new StorageError('DISK_NOT_FOUND', `VM ${vmId} has no disk: ${this.#file(vmId)}`);
  }

  /** Synchronous. Null if there is none. */
  readNow(vmId: string): Lines | null {
    try {
      return JSON.parse(readFileSync(this.#file(vmId), 'utf8')) as Lines;
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
      throw error;
    }
  }

  async write(vmId: string, lines: Lines): Promise<void> {
    await this.writeIn(this.#folderOf(vmId), lines);
  }

  async writeIn(folder: string, lines: Lines): Promise<void> {
    const file = path.join(folder, FILE);
    try {
      await writeFile(`${file}.new`, JSON.stringify(lines), { mode: 0o600 });
      await syncPath(`${file}.new`);
      await rename(`${file}.new`, file);
    } catch (error) {
      throw asStorageError(error);
    }
  }

  #file(vmId: string): string {
    return path.join(this.#folderOf(vmId), FILE);
  }
}
