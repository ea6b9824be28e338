// What clones of images come from with ZFS: a dataset for each image with its raw copy, made once, and a snapshot of it.
import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { OneByOne } from '../../host/one-by-one.ts';
import { runCopy } from '../export-file.ts';
import { hasCode } from '../file-errors.ts';
import type { CopyOptions, DiskSource } from '../interface.ts';
import { diskNode } from '../qcow2/arguments.ts';
import { checkSource } from '../qcow2/qcow2-source.ts';
import type { ZfsVolumes } from './volumes.ts';
import { SOURCE_SNAPSHOT, type ZfsDatasets } from './zfs-datasets.ts';
import type { ZfsTool } from './zfs-tool.ts';

/** User property (zfs(8)) with the path of the image. */
const IMAGE_PROPERTY = 'tt:image';

export class ZfsSources {
  readonly #zfs: ZfsTool;
  readonly #datasets: ZfsDatasets;
  readonly #volumes: ZfsVolumes;
  readonly #qemuImg: string;
  readonly #queue = new OneByOne();
  /** What was found or made since the start, by image and version. */
  readonly #ready = new Map<string, string>();

  constructor(zfs: ZfsTool, datasets: ZfsDatasets, volumes: ZfsVolumes, qemuImg: string) {
    this.#zfs = zfs;
    this.#datasets = datasets;
    this.#volumes = volumes;
    this.#qemuImg = qemuImg;
  }

  /** Removes what is of images that are gone, as far as no clone needs it. */
  async init(parent: string): Promise<void> {
    this.#ready.clear();
    const images = await this.#zfs.getAll(parent, IMAGE_PROPERTY);
    for (const { name } of await this.#datasets.sources()) {
      const image = images.get(this.#datasets.full(name));
      if (image === undefined || !(await isThere(image))) await this.#datasets.removed(name, true);
    }
  }

  /** Name of the snapshot that clones of an image as it is now come from; made if it is not there. */
  async prepare(source: DiskSource, options: CopyOptions = {}): Promise<string> {
    const bytes = await checkSource(source);
    const found = await stat(source.path);
    const image = hashOf(await realpath(source.path));
    const version = hashOf(`${found.ino} ${found.size} ${found.mtimeMs}`);
    const known = this.#ready.get(`${image}:${version}`);
    if (known !== undefined) return known;
    return this.#queue.run(async () => {
      const ready = await this.#datasets.sources(image);
      const name =
        ready.find((candidate) => candidate.version === version)?.name ??
        (await this.#make(source, bytes, image, version, options));
      const snapshot = `${this.#datasets.full(name)}@${SOURCE_SNAPSHOT}`;
      this.#ready.set(`${image}:${version}`, snapshot);
      return snapshot;
    });
  }

  /** The snapshot is what makes it a source. It is not made under another name first: zfs-fuse can't rename for seconds. */
  async #make(
    source: DiskSource,
    bytes: number,
    image: string,
    version: string,
    options: CopyOptions,
  ): Promise<string> {
    const name = this.#datasets.newSource(image, version);
    const full = this.#datasets.full(name);
    const older = await this.#datasets.sources(image);
    try {
      await this.#volumes.create(full, bytes);
      const from = source.format === 'raw' ? ['-f', 'raw', '--', source.path] : ['--', diskNode(source.path, null)];
      // -n: the disk is there, of the right size; what it does not say is zero there.
      const into = ['convert', '-p', '-n', '--target-is-zero', '-O', 'raw'];
      await runCopy(this.#qemuImg, [...into, ...from, this.#volumes.diskPath(full)], options);
      await this.#zfs.set(full, IMAGE_PROPERTY, source.path);
      await this.#zfs.snapshot(`${full}@${SOURCE_SNAPSHOT}`);
    } catch (error) {
      await this.#datasets.removed(name, true);
      throw error;
    }
    // Older versions go as soon as no clone needs them.
    for (const old of older) await this.#datasets.removed(old.name, true);
    return name;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
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
