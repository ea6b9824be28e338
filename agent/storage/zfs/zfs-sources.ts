// The sources of clones with ZFS: a dataset with the raw copy of each image, made once, and a snapshot of it.
import { Mutex } from '../../host/mutex.ts';
import type { CopyOptions, DiskSource } from '../interface.ts';
import { checkSource } from '../qcow2/qcow2-source.ts';
import { identifyImage, imageVersion } from '../source-version.ts';
import { SOURCE_SNAPSHOT } from './zfs-datasets.ts';
import type { ZfsParts } from './zfs-parts.ts';

/** User property (zfs(8)) with the path of the image. */
const IMAGE_PROPERTY = 'tt:image';

export class ZfsSources {
  readonly #parts: ZfsParts;
  readonly #queue = new Mutex();
  /** What was found or made since the start, by image and version. */
  readonly #ready = new Map<string, string>();
  /** Some could not go when they were to, as clones needed them. */
  #areSomeHeld = false;

  constructor(parts: ZfsParts) {
    this.#parts = parts;
  }

  /** Removes those made when disks were of the other kind (files, or volumes): no clone of them is a disk now. */
  async dropOthers(): Promise<void> {
    const { zfs, datasets, volumes } = this.#parts;
    const types = await zfs.getAll(datasets.parent, 'type');
    for (const { name } of await datasets.sources()) {
      if (types.get(datasets.full(name)) !== volumes.type) await datasets.removed(name, true);
    }
  }

  /** Removes what is of images that are gone or are others now, as far as no clone needs it. */
  sweep(): Promise<void> {
    return this.#queue.run(async () => {
      const { datasets } = this.#parts;
      this.#areSomeHeld = false;
      for (const { name, image, version } of await this.#list()) {
        if (image !== null && (await imageVersion(image)) === version) continue;
        for (const [key, snapshot] of this.#ready) if (snapshot === this.#snapshotOf(name)) this.#ready.delete(key);
        if (!(await datasets.removed(name, true))) this.#areSomeHeld = true;
      }
    });
  }

  /** The same once a clone is gone, where there is something to do at all. */
  async sweepHeld(): Promise<void> {
    if (this.#areSomeHeld) await this.sweep();
  }

  /** Paths of the images something is kept of. */
  async images(): Promise<string[]> {
    return (await this.#list()).flatMap(({ image }) => image ?? []).sort();
  }

  /** Name of the snapshot that clones of an image as it is now come from; made if it is not there. */
  async prepare(source: DiskSource, options: CopyOptions = {}): Promise<string> {
    const bytes = await checkSource(source);
    const { key: image, version } = await identifyImage(source.path);
    const known = this.#ready.get(`${image}:${version}`);
    if (known !== undefined) return known;
    return this.#queue.run(async () => {
      const ready = await this.#parts.datasets.sources(image);
      const name =
        ready.find((candidate) => candidate.version === version)?.name ??
        (await this.#make(source, bytes, image, version, options));
      const snapshot = this.#snapshotOf(name);
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
    const { zfs, datasets, volumes, qemuImg } = this.#parts;
    const name = datasets.newSource(image, version);
    const full = datasets.full(name);
    const older = await datasets.sources(image);
    try {
      await volumes.create(full, bytes);
      await qemuImg.fillRaw(source, volumes.diskPath(full), options);
      await zfs.set(full, IMAGE_PROPERTY, source.path);
      await zfs.snapshot(this.#snapshotOf(name));
    } catch (error) {
      await datasets.removed(name, true);
      throw error;
    }
    // Older versions go as soon as no clone needs them.
    for (const old of older) if (!(await datasets.removed(old.name, true))) this.#areSomeHeld = true;
    return name;
  }

  async #list(): Promise<{ name: string; version: string; image: string | null }[]> {
    const { zfs, datasets } = this.#parts;
    const images = await zfs.getAll(datasets.parent, IMAGE_PROPERTY);
    const sources = await datasets.sources();
    return sources.map((source) => ({ ...source, image: images.get(datasets.full(source.name)) ?? null }));
  }

  #snapshotOf(name: string): string {
    return `${this.#parts.datasets.full(name)}@${SOURCE_SNAPSHOT}`;
  }
}
