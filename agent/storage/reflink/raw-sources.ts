// The source of raw clones: one raw copy of each image, made once, in `<root>/.sources/<image>/<version>.raw`.
import { mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { isThere } from '../../host/is-there.ts';
import { Mutex } from '../../host/mutex.ts';
import type { DiskFolders } from '../disk-folders.ts';
import { hasCode } from '../file-errors.ts';
import type { CopyOptions, DiskSource } from '../interface.ts';
import { makeEmptyFile } from '../plain-file.ts';
import { checkSource } from '../qcow2/qcow2-source.ts';
import type { QemuImg } from '../qemu-img.ts';
import { identifyImage, imageVersion } from '../source-version.ts';

const FOLDER = '.sources';
/** Link in a source's folder to its image. */
const IMAGE_LINK = 'image';

export class RawSources {
  readonly #folders: DiskFolders;
  readonly #qemuImg: QemuImg;
  readonly #queue = new Mutex();

  constructor(folders: DiskFolders, qemuImg: QemuImg) {
    this.#folders = folders;
    this.#qemuImg = qemuImg;
  }

  async init(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    await this.sweep();
  }

  /** Removes copies of images that were deleted or changed. Clones keep the blocks they share with them. */
  sweep(): Promise<void> {
    return this.#queue.run(async () => {
      for (const { folder, image } of await this.#list()) {
        const version = image === null ? null : await imageVersion(image);
        const isWanted = version !== null && (await isThere(path.join(folder, `${version}.raw`)));
        if (!isWanted) await rm(folder, { recursive: true, force: true });
      }
    });
  }

  /** Paths of the images with a copy. */
  async images(): Promise<string[]> {
    return (await this.#list()).flatMap(({ image }) => image ?? []).sort();
  }

  /** Path of the raw copy of an image as it is now, made if it is not there. Two at once make it once. */
  async prepare(source: DiskSource, options: CopyOptions = {}): Promise<string> {
    const bytes = await checkSource(source);
    const { key, version } = await identifyImage(source.path);
    const folder = path.join(this.#root, key);
    const target = path.join(folder, `${version}.raw`);
    if (await isThere(target)) return target;
    return this.#queue.run(async () => {
      if (!(await isThere(target))) await this.#make(source, bytes, folder, target, options);
      return target;
    });
  }

  async #make(source: DiskSource, bytes: number, folder: string, target: string, options: CopyOptions): Promise<void> {
    await this.#folders.withStaging(async (staging) => {
      const staged = path.join(staging, 'disk.raw');
      await makeEmptyFile(staged, bytes);
      // Every clone shares these blocks: they must be on the disk before anything relies on them, and are.
      await this.#qemuImg.fillRaw(source, staged, options);
      // An older version is no longer what the image is; clones keep the blocks they share with it.
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { mode: 0o700 });
      await symlink(source.path, path.join(folder, IMAGE_LINK));
      await rename(staged, target);
    });
  }

  async #list(): Promise<{ folder: string; image: string | null }[]> {
    const folders = (await readdir(this.#root)).map((name) => path.join(this.#root, name));
    return Promise.all(folders.map(async (folder) => ({ folder, image: await imageOf(folder) })));
  }

  get #root(): string {
    return path.join(this.#folders.root, FOLDER);
  }
}

/** Null for a folder without the link: incomplete, or partly removed. */
async function imageOf(folder: string): Promise<string | null> {
  try {
    return await readlink(path.join(folder, IMAGE_LINK));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}
