// What raw clones of images come from: one raw copy of each image, made once, in `<root>/.sources/<image>/<version>.raw`.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readlink, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { OneByOne } from '../../host/one-by-one.ts';
import type { DiskFolders } from '../disk-folders.ts';
import { runCopy } from '../export-file.ts';
import { hasCode } from '../file-errors.ts';
import type { CopyOptions, DiskSource } from '../interface.ts';
import { syncPath } from '../plain-file.ts';
import { diskNode } from '../qcow2/arguments.ts';
import { checkSource } from '../qcow2/qcow2-source.ts';

const FOLDER = '.sources';
/** Link in a source's folder that says which image it is of. */
const IMAGE_LINK = 'image';

export class RawSources {
  readonly #folders: DiskFolders;
  readonly #qemuImg: string;
  readonly #queue = new OneByOne();

  constructor(folders: DiskFolders, qemuImg: string) {
    this.#folders = folders;
    this.#qemuImg = qemuImg;
  }

  /** Removes copies of images that are gone. */
  async init(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#root)) {
      const folder = path.join(this.#root, name);
      if (!(await hasImage(folder))) await rm(folder, { recursive: true, force: true });
    }
  }

  /** Path of the raw copy of an image as it is now, made if it is not there. Two at once make it once. */
  async prepare(source: DiskSource, options: CopyOptions = {}): Promise<string> {
    await checkSource(source);
    const found = await stat(source.path);
    const version = hashOf(`${found.ino} ${found.size} ${found.mtimeMs}`);
    const folder = path.join(this.#root, hashOf(await realpath(source.path)));
    const target = path.join(folder, `${version}.raw`);
    if (await isThere(target)) return target;
    return this.#queue.run(async () => {
      if (!(await isThere(target))) await this.#make(source, folder, target, options);
      return target;
    });
  }

  async #make(source: DiskSource, folder: string, target: string, options: CopyOptions): Promise<void> {
    await this.#folders.withStaging(async (staging) => {
      const staged = path.join(staging, 'disk.raw');
      const from = source.format === 'raw' ? ['-f', 'raw', '--', source.path] : ['--', diskNode(source.path, null)];
      await runCopy(this.#qemuImg, ['convert', '-p', '-O', 'raw', ...from, staged], options);
      // Every clone shares these blocks: they must be on the disk before anything relies on them.
      await syncPath(staged);
      // An older version is no longer what the image is; clones keep the blocks they share with it.
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { mode: 0o700 });
      await symlink(source.path, path.join(folder, IMAGE_LINK));
      await rename(staged, target);
    });
  }

  get #root(): string {
    return path.join(this.#folders.root, FOLDER);
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

async function hasImage(folder: string): Promise<boolean> {
  try {
    return await isThere(await readlink(path.join(folder, IMAGE_LINK)));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
