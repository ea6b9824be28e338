// The images of this host: those in the image folder, those being built, and those a recipe can build. The only module that
// knows all of them by name.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Image, type ImageBuildLog, nearMatches, TtError, toErrorRecord } from '@tt/protocol';
import { Mutex } from '../host/mutex.ts';
import type { DroppedDisk } from './dropped-disk.ts';
import { DroppedImports } from './dropped-imports.ts';
import { byName } from './folder-names.ts';
import type { FolderWatch } from './folder-watch.ts';
import { type FolderEntry, ImageFolder } from './image-folder.ts';
import { ImageBuilds } from './image-builds.ts';
import { type ImageFollower, ImageNews } from './image-news.ts';
import { viewImage } from './image-view.ts';
import type { ImageImporter } from './import/importer.ts';
import { sweepLeftovers } from './leftovers.ts';
import type { ReadyImage, ReadyMedium } from './ready-image.ts';
import type { Recipe, StepProgress } from './recipe.ts';
import type { ImageTool } from './tool/interface.ts';

export type { ReadyImage, ReadyMedium } from './ready-image.ts';

export interface ImageServiceOptions extends ImageFollower {
  /** One folder per image, each with an `image.json`; media are files `*.iso`. Disks in other forms are imported. */
  directory: string;
  cacheDirectory: string;
  recipes: readonly Recipe[];
  tool: ImageTool;
  importer: ImageImporter;
  /** The program of the guest helper, for images that are built here; default: none. */
  guestHelper?: () => Promise<Uint8Array | null>;
  /** Guests run as users of their own, who must be able to read the images they are cloned from; default false. */
  openToVmUsers?: boolean;
  /** Milliseconds of the epoch, for what waits to be whole; default: the host's clock. */
  now?: () => number;
  /** Why no VM can be made from an image of this name: its engine is unknown here, or unusable. Default: no reason. */
  problemOf?: (name: string) => TtError | null;
  /** The warm instant of an image; default: none has any. */
  warmOf?: (name: string) => Image['warm'];
}

/** In the cache folder: what has come so far of downloads. */
export const DOWNLOAD_FOLDER = 'downloads';

export class ImageService {
  readonly #options: ImageServiceOptions;
  readonly #folder: ImageFolder;
  /** The folder is scanned, and changed, by one at a time. */
  readonly #changes = new Mutex();
  /** Entries of the folder by image name. */
  #entries = new Map<string, FolderEntry>();
  /** null while the folder is not followed. */
  #dropped: DroppedImports | null = null;
  readonly #news: ImageNews;
  readonly #builds: ImageBuilds;

  constructor(options: ImageServiceOptions) {
    this.#options = options;
    this.#news = new ImageNews(options);
    const { directory, tool, openToVmUsers = false, now } = options;
    this.#folder = new ImageFolder({ directory, tool, openToVmUsers, ...(now && { now }) });
    this.#builds = new ImageBuilds({
      ...options,
      guestHelper: options.guestHelper ?? (() => Promise.resolve(null)),
      stateOf: (name) => this.#find(name)?.state ?? null,
      outcomeOf: async (name) => {
        await this.look({ atStart: true });
        return this.#entries.get(name) ?? null;
      },
      tell: () => this.tell(),
    });
  }

  get tool(): ImageTool {
    return this.#options.tool;
  }

  get importer(): ImageImporter {
    return this.#options.importer;
  }

  get directory(): string {
    return this.#options.directory;
  }

  /** Reads the image folder. Broken entries are listed as failed; only a folder that cannot be read at all rejects. */
  async init(): Promise<void> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true });
    await sweepLeftovers(directory);
    await this.importer.downloads.init();
    await this.#folder.look({ atStart: true });
    this.#entries = byName(this.#folder.entries);
    // Only what changes from here on is news.
    this.#news.remember(this.list());
  }

  /** Removes parts of interrupted downloads that nobody has resumed for a day. */
  sweepDownloads(now: Date): Promise<void> {
    return this.importer.downloads.sweep(now);
  }

  /** Watches the folder until `watch` is closed; dropped disks are passed to `importDropped`, each once. */
  follow(watch: FolderWatch, importDropped: (dropped: DroppedDisk) => Promise<unknown>): void {
    this.#dropped = new DroppedImports(importDropped, () => this.tell());
    watch.start({ folders: () => this.#folder.watched(), look: () => this.look() });
  }

  /** Where building writes: images and what is kept of downloads. */
  get folders(): readonly string[] {
    return [this.#options.directory, this.#options.cacheDirectory];
  }

  /** Scans the folder again and publishes changes to followers. True if something is still being copied there. */
  look(options: { atStart?: boolean } = {}): Promise<boolean> {
    return this.#changes.run(() => this.#lookNow(options));
  }

  /** Changes the folder without a scan in between, then scans the result. */
  change<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#changes.run(async () => {
      try {
        return await work();
      } finally {
        await this.#lookNow({ atStart: true });
      }
    });
  }

  async #lookNow(options: { atStart?: boolean }): Promise<boolean> {
    const isComing = await this.#folder.look(options);
    this.#entries = byName(this.#folder.entries);
    this.#dropped?.give(this.#entries.values());
    this.tell();
    return isComing;
  }

  /** False once a dropped disk has changed since it was judged. */
  isUnchanged(dropped: DroppedDisk): Promise<boolean> {
    return this.#folder.isUnchanged(dropped);
  }

  /** All images by name, ready or not, and media. */
  list(): Image[] {
    const recipes = this.#options.recipes.map((recipe) => recipe.name);
    const names = [...this.#entries.keys(), ...this.#builds.names(), ...recipes];
    return [...new Set(names)].sort().map((name) => this.#view(name));
  }

  /** Throws IMAGE_NOT_FOUND. */
  show(name: string): Image {
    const image = this.#find(name);
    if (!image) throw this.#notFound(name);
    return image;
  }

  /**
   * An image VMs can be made from. Throws ENGINE_UNKNOWN, ENGINE_MISSING, IMAGE_NOT_FOUND, IMAGE_NOT_READY or, for a medium,
   * IMAGE_WRONG_KIND.
   */
  ready(name: string): ReadyImage {
    const problem = this.#engineProblem(name);
    if (problem) throw problem;
    const found = this.#entries.get(name);
    if (found?.kind === 'disk') return found;
    const { kind, state } = this.show(name);
    if (kind === 'iso') throw new TtError('IMAGE_WRONG_KIND', { imageName: name, kind, wanted: 'disk' });
    throw new TtError('IMAGE_NOT_READY', { imageName: name, state });
  }

  /** The same; null if VMs can't be made from it now. */
  findReady(name: string): ReadyImage | null {
    const found = this.#entries.get(name);
    return found?.kind === 'disk' && !this.#engineProblem(name) ? found : null;
  }

  /** A medium for a CD drive. Throws IMAGE_NOT_FOUND, IMAGE_NOT_READY or, for a disk, IMAGE_WRONG_KIND. */
  medium(name: string): ReadyMedium {
    const found = this.#entries.get(name);
    if (found?.kind === 'iso') return found;
    const known = this.list();
    const image = known.find((candidate) => candidate.name === name);
    // Near is what can be put into a drive.
    if (!image)
      throw this.#notFound(
        name,
        known.filter(({ kind }) => kind === 'iso'),
      );
    const { kind, state } = image;
    if (kind === 'disk') throw new TtError('IMAGE_WRONG_KIND', { imageName: name, kind, wanted: 'iso' });
    throw new TtError('IMAGE_NOT_READY', { imageName: name, state });
  }

  /** null if there is no such medium (any more). */
  findMedium(name: string): ReadyMedium | null {
    const found = this.#entries.get(name);
    return found?.kind === 'iso' ? found : null;
  }

  /** Where an image is in the image folder: a folder, or the file of a medium. Throws IMAGE_NOT_FOUND or IMAGE_NOT_READY. */
  placeOf(name: string): string {
    const wanted = this.#entries.get(name);
    for (const [file, entry] of this.#folder.entries) {
      // One of two with the same name was given another one in the list.
      if (entry === wanted || (wanted?.kind === 'broken' && wanted.file === file)) {
        return path.join(this.#options.directory, file);
      }
    }
    throw new TtError('IMAGE_NOT_READY', { imageName: name, state: this.show(name).state });
  }

  /** Recipes to build when the agent starts, whose image is not there yet. */
  missing(): string[] {
    return this.#options.recipes
      .filter(({ name, builtAtStart }) => builtAtStart && !this.#entries.has(name) && !this.#engineProblem(name))
      .map(({ name }) => name);
  }

  /** These will be built without further requests: until then they are shown as being built, and can be waited for. */
  expect(names: readonly string[]): void {
    this.#builds.expect(names);
  }

  /**
   * Waits until an image that is being made is ready. Rejects with the reason for its failure, or with the reason of `signal`.
   */
  made(name: string, signal: AbortSignal, onProgress: (progress: StepProgress) => void): Promise<void> {
    return this.#builds.made(name, signal, onProgress);
  }

  /** A path in the folder where nothing is yet, for an image of that name. */
  freeFolder(name: string): string {
    const [, os = 'image', variant = ''] = name.split(':');
    const base = variant === 'default' ? os : `${os}-${variant}`;
    const taken = new Set([...this.#folder.entries.keys()].map((entry) => entry.toLowerCase()));
    for (const recipe of this.#options.recipes) {
      // A recipe finds its own place free.
      if (recipe.name !== name) taken.add(recipe.directoryName.toLowerCase());
    }
    for (let number = 1; ; number++) {
      const folder = number === 1 ? base : `${base}-${number}`;
      if (!taken.has(folder.toLowerCase())) return path.join(this.#options.directory, folder);
    }
  }

  /** Holds a free name while `work` makes its image and reports how far it is, to whoever waits for it. Throws IMAGE_NAME_TAKEN. */
  make<Result>(name: string, work: (report: (progress: StepProgress) => void) => Promise<Result>): Promise<Result> {
    const there = this.#entries.get(name);
    // A dropped disk has its name only once it is imported.
    const isTaken = there !== undefined && there.kind !== 'dropped';
    return this.#builds.make(name, isTaken, work);
  }

  /** Builds an image from its recipe; returns a ready one as it is, and waits for one that is being built. */
  async build(name: string, signal: AbortSignal, onProgress: (progress: StepProgress) => void): Promise<Image> {
    const unusable = this.#engineProblem(name);
    if (unusable) throw unusable;
    if (this.#entries.get(name)?.kind === 'disk') return this.#view(name);
    const recipe = this.#options.recipes.find((candidate) => candidate.name === name);
    if (!recipe) throw this.#notFound(name);
    const outcome = await this.#builds.build(recipe, signal, onProgress);
    return outcome === 'waited' ? this.build(name, signal, onProgress) : this.#view(name);
  }

  /**
   * The end of what its last build printed, from `offset` on; waits up to `waitMs` for more while it runs. Rejects with
   * IMAGE_NOT_FOUND.
   */
  async buildLog(name: string, offset: number, waitMs: number, signal?: AbortSignal): Promise<ImageBuildLog> {
    this.show(name);
    return this.#builds.log(name, offset, waitMs, signal);
  }

  /** Publishes what followers do not know yet. */
  tell(): void {
    this.#news.tell(this.list());
    this.#builds.look();
  }

  #find(name: string): Image | undefined {
    return this.list().find((candidate) => candidate.name === name);
  }

  #engineProblem(name: string): TtError | null {
    return this.#options.problemOf?.(name) ?? null;
  }

  #notFound(wanted: string, among = this.list()): TtError {
    const names = among.map(({ name }) => name);
    return new TtError('IMAGE_NOT_FOUND', { wanted, suggestions: nearMatches(wanted, names) });
  }

  #view(name: string): Image {
    const entry = this.#entries.get(name) ?? null;
    // A medium is for VMs of every engine; its name only looks as if it were of one.
    const engineProblem = entry?.kind === 'iso' ? null : this.#engineProblem(name);
    const failure = this.#builds.problemOf(name);
    return viewImage({
      name,
      entry,
      recipe: this.#options.recipes.find((candidate) => candidate.name === name) ?? null,
      isMaking: this.#builds.has(name),
      engineProblem: engineProblem && toErrorRecord(engineProblem),
      problem:
        (entry?.kind === 'dropped' ? this.#dropped?.problemOf(entry) : failure && toErrorRecord(failure)) ?? null,
      warm: this.#options.warmOf?.(name) ?? null,
    });
  }
}
