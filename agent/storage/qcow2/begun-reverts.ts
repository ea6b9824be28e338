// Reverts of several disks, which qemu-img does one after the other: a started revert is recorded in the agent's own folder
// (`<root>/.reverting-<vmId>`, with the tag), so that the next agent can finish one that was interrupted.
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asStorageError } from '../file-errors.ts';
import { syncPath } from '../plain-file.ts';
import { isValidSnapshotTag } from '../snapshot-tag.ts';

const PREFIX = '.reverting-';
/** Of a mark that is being written. */
const NEW = '.new';

export class BegunReverts {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Runs `work` with the mark set. A failure is reported immediately, so it also removes the mark: only a kill leaves it. */
  async during(vmId: string, tag: string, work: () => Promise<void>): Promise<void> {
    const mark = this.#mark(vmId);
    try {
      await writeFile(`${mark}${NEW}`, tag, { mode: 0o600 });
      await syncPath(`${mark}${NEW}`);
      await rename(`${mark}${NEW}`, mark);
    } catch (error) {
      throw asStorageError(error);
    }
    try {
      await work();
    } finally {
      await rm(mark, { force: true });
    }
  }

  /** The marks left by a killed agent. */
  async list(): Promise<{ vmId: string; tag: string }[]> {
    const names = (await readdir(this.#root)).filter((name) => name.startsWith(PREFIX) && !name.endsWith(NEW));
    const found = [];
    for (const name of names) {
      const tag = await readFile(path.join(this.#root, name), 'utf8');
      if (isValidSnapshotTag(tag)) found.push({ vmId: name.slice(PREFIX.length), tag });
    }
    return found;
  }

  async forget(vmId: string): Promise<void> {
    await rm(this.#mark(vmId), { force: true });
  }

  #mark(vmId: string): string {
    return path.join(this.#root, `${PREFIX}${vmId}`);
  }
}
