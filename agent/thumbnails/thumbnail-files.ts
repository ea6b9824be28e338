// The pictures of snapshots on disk: `<folder>/<snapshot id>/<vm id>.png`, each complete or absent.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeOwnFolder, mustBeId } from '../host/own-folder.ts';

export class ThumbnailFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the folder; nobody but the agent looks into it. */
  async init(): Promise<void> {
    await makeOwnFolder(this.#directory, 0o700);
  }

  async write(snapshotId: string, vmId: string, png: Uint8Array): Promise<void> {
    const file = this.#fileOf(snapshotId, vmId);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.part`, png, { mode: 0o600 });
    await rename(`${file}.part`, file);
  }

  /** Null when there is no picture; any other failure is thrown. */
  async read(snapshotId: string, vmId: string): Promise<Uint8Array | null> {
    try {
      return await readFile(this.#fileOf(snapshotId, vmId));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Idempotent. */
  async remove(snapshotId: string): Promise<void> {
    await rm(path.join(this.#directory, mustBeId(snapshotId)), { recursive: true, force: true });
  }

  /** Ids of the snapshots that have pictures. */
  list(): Promise<string[]> {
    return readdir(this.#directory);
  }

  #fileOf(snapshotId: string, vmId: string): string {
    return path.join(this.#directory, mustBeId(snapshotId), `${mustBeId(vmId)}.png`);
  }
}
