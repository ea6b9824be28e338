// Writes fetched files below a folder of this computer. What stands there already is not followed when it is a link, and is not
// overwritten unless asked; a file gets its name when it is whole and checked.
import { createHash, randomUUID, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { checkArrived } from '@tt/client';
import { asFileProblem } from '@tt/client/node';
import { type FetchedFile, reason, TtError } from '@tt/protocol';

/** A folder below which nothing but what is meant is written. */
export class FetchFolder {
  readonly #root: string;
  readonly #force: boolean;
  readonly #made = new Set<string>();

  constructor(root: string, { force }: { force: boolean }) {
    this.#root = root;
    this.#force = force;
  }

  pathOf(inner: string): string {
    return path.join(this.#root, ...inner.split('/'));
  }

  /** Throws FILE_UNUSABLE before anything is fetched. */
  async mustBeFree(inner: string): Promise<void> {
    const file = this.pathOf(inner);
    const there = await entryAt(file);
    if (there === null) return;
    if (there.isDirectory()) throw unusable(file, reason('isFolder'));
    if (!this.#force) throw unusable(file, reason('exists'));
  }

  /** Makes the folder and those above it. A link in place of one is no folder: it may lead anywhere. */
  async makeFolder(inner: string): Promise<void> {
    if (this.#made.has(inner)) return;
    if (inner === '') await mkdir(this.#root, { recursive: true }).catch(asProblem);
    else {
      const slash = inner.lastIndexOf('/');
      await this.makeFolder(slash < 0 ? '' : inner.slice(0, slash));
      await makeOne(this.pathOf(inner));
    }
    this.#made.add(inner);
  }

  async begin(inner: string): Promise<FetchedPart> {
    const slash = inner.lastIndexOf('/');
    await this.makeFolder(slash < 0 ? '' : inner.slice(0, slash));
    const file = this.pathOf(inner);
    const part = path.join(path.dirname(file), `.tt-${randomUUID()}.part`);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    return new FetchedPart(await open(part, flags, 0o600).catch(asProblem), part, file, this.#force);
  }
}

/** A file until it is whole. */
export class FetchedPart {
  readonly #handle: FileHandle;
  readonly #part: string;
  readonly #file: string;
  readonly #force: boolean;
  readonly #hash: Hash = createHash('sha256');

  constructor(handle: FileHandle, part: string, file: string, force: boolean) {
    this.#handle = handle;
    this.#part = part;
    this.#file = file;
    this.#force = force;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    await this.#handle.writeFile(bytes).catch((error: NodeJS.ErrnoException) => {
      // A failed write does not name its file.
      throw asFileProblem(Object.assign(error, { path: this.#file }));
    });
  }

  /** No more comes. Its bytes are not flushed: as with any copy, whoever needs that says `sync`. */
  async close(mode: number): Promise<void> {
    // Never more than the user’s mask allows, and no set-uid bits of a guest.
    await this.#handle.chmod(mode & 0o777 & ~process.umask());
    await this.#handle.close();
  }

  /** Gives it its name. Throws TRANSFER_HASH, or FILE_UNUSABLE if something stands there meanwhile. */
  async finish({ sha256 }: Pick<FetchedFile, 'sha256'>): Promise<void> {
    checkArrived({ fileName: this.#file, sha256 }, this.#hash.copy().digest('hex'));
    if (this.#force) return rename(this.#part, this.#file).catch(asProblem);
    try {
      await link(this.#part, this.#file);
      await unlink(this.#part);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw unusable(this.#file, reason('exists'));
      // A file system without hard links.
      if (await entryAt(this.#file)) throw unusable(this.#file, reason('exists'));
      await rename(this.#part, this.#file).catch(asProblem);
    }
  }

  /** Nothing is left of it, unless it has its name. */
  async drop(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#part, { force: true });
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw asFileProblem(error);
    if (!(await entryAt(folder))?.isDirectory()) throw unusable(folder, reason('isFile'));
  }
}

/** null only when nothing is there. */
async function entryAt(file: string) {
  try {
    return await lstat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw asFileProblem(error);
  }
}

function unusable(file: string, why: ReturnType<typeof reason>): TtError {
  return new TtError('FILE_UNUSABLE', { file, reason: why });
}

function asProblem(error: unknown): never {
  throw asFileProblem(error);
}
