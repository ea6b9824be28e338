// The images of this host: those ready in the image folder and those that a recipe can build. One place that knows both.
import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type ErrorRecord, type Image, nearMatches, parseImageName, TtError, toErrorRecord } from '@tt/protocol';
import { type ReadyImage, type ReadyMedium, readImage, readMedium } from './ready-image.ts';
import type { Recipe } from './recipe.ts';

export type { ReadyImage, ReadyMedium } from './ready-image.ts';

export interface ImageServiceOptions {
  /** One folder per image, each with an `image.json`; media are files `*.iso`. */
  directory: string;
  cacheDirectory: string;
  recipes: readonly Recipe[];
  /** Guests run as users of their own, who must be able to read the images they are cloned from; default false. */
  openToVmUsers?: boolean;
  onChange: (image: Image) => void;
}

export class ImageService {
  readonly #options: ImageServiceOptions;
  readonly #ready = new Map<string, ReadyImage>();
  readonly #media = new Map<string, ReadyMedium>();
  readonly #building = new Set<string>();
  readonly #problems = new Map<string, ErrorRecord>();

  constructor(options: ImageServiceOptions) {
    this.#options = options;
  }

  /** Reads the image folder. A folder without a readable manifest is reported by rejecting, never skipped in silence. */
  async init(): Promise<void> {
    await mkdir(this.#options.directory, { recursive: true });
    if (this.#options.openToVmUsers) await addMode(this.#options.directory, 0o011);
    for (const entry of await readdir(this.#options.directory, { withFileTypes: true })) {
      // Builders work in a sibling and rename it when done: a half-built image never has an image's name.
      if (entry.name.startsWith('.') || entry.name.includes('.building-')) continue;
      const target = path.join(this.#options.directory, entry.name);
      // A link to a folder is as good as the folder: images may be kept elsewhere.
      if ((await stat(target)).isDirectory()) await this.#take(target);
      else if (/\.iso$/i.test(entry.name)) await this.#takeMedium(target);
    }
  }

  async #take(folder: string): Promise<void> {
    const image = await readImage(folder);
    if (this.#options.openToVmUsers) await openImage(folder, image);
    this.#ready.set(image.manifest.name, image);
  }

  async #takeMedium(file: string): Promise<void> {
    const medium = await readMedium(file);
    if (this.#options.openToVmUsers) await addMode(file, 0o044);
    this.#media.set(medium.name, medium);
  }

  /** All images by name, ready or not, and media. */
  list(): Image[] {
    const names = new Set([
      ...this.#ready.keys(),
      ...this.#media.keys(),
      ...this.#options.recipes.map((recipe) => recipe.name),
    ]);
    return [...names].sort().map((name) => this.#view(name));
  }

  /** An image VMs can be made from. Throws IMAGE_NOT_FOUND, IMAGE_NOT_READY or, for a medium, IMAGE_WRONG_KIND. */
  ready(name: string): ReadyImage {
    const found = this.#ready.get(name);
    if (found) return found;
    if (this.#media.has(name)) throw new TtError('IMAGE_WRONG_KIND', { imageName: name, kind: 'iso', wanted: 'disk' });
    throw this.#notReady(name);
  }

  /** A medium for a CD drive. Throws IMAGE_NOT_FOUND or, for what VMs are cloned from, IMAGE_WRONG_KIND. */
  medium(name: string): ReadyMedium {
    const found = this.#media.get(name);
    if (found) return found;
    if (this.list().some((image) => image.name === name)) {
      throw new TtError('IMAGE_WRONG_KIND', { imageName: name, kind: 'disk', wanted: 'iso' });
    }
    throw this.#notFound(name);
  }

  /** null when there is no such medium, or not any more. */
  findMedium(name: string): ReadyMedium | null {
    return this.#media.get(name) ?? null;
  }

  #notReady(name: string): TtError {
    const known = this.list();
    const image = known.find((candidate) => candidate.name === name);
    return image ? new TtError('IMAGE_NOT_READY', { imageName: name, state: image.state }) : this.#notFound(name);
  }

  /** Recipes to build when the agent starts, whose image is not there yet. */
  missing(): string[] {
    return this.#options.recipes
      .filter(({ name, builtAtStart }) => builtAtStart && !this.#ready.has(name))
      .map(({ name }) => name);
  }

  /** Builds an image from its recipe; one that is ready is given back as it is. */
  async build(
    name: string,
    signal: AbortSignal,
    onProgress: (progress: { step: string; done: number; total: number }) => void,
  ): Promise<Image> {
    if (this.#ready.has(name)) return this.#view(name);
    const recipe = this.#options.recipes.find((candidate) => candidate.name === name);
    if (!recipe) throw this.#notFound(name);
    if (this.#building.has(name)) throw new TtError('IMAGE_NOT_READY', { imageName: name, state: 'building' });
    this.#building.add(name);
    this.#problems.delete(name);
    this.#changed(name);
    let step = 'Starting';
    try {
      const outputDirectory = path.join(this.#options.directory, recipe.directoryName);
      await recipe.build({
        cacheDirectory: path.join(this.#options.cacheDirectory, recipe.directoryName),
        outputDirectory,
        signal,
        onProgress: (progress) => {
          step = progress.step;
          onProgress(progress);
        },
      });
      await this.#take(outputDirectory);
    } catch (error) {
      signal.throwIfAborted();
      const failure = buildFailure(name, step, error);
      this.#problems.set(name, toErrorRecord(failure));
      throw failure;
    } finally {
      this.#building.delete(name);
      this.#changed(name);
    }
    return this.#view(name);
  }

  #changed(name: string): void {
    this.#options.onChange(this.#view(name));
  }

  #notFound(name: string): TtError {
    return new TtError('IMAGE_NOT_FOUND', {
      wanted: name,
      near: nearMatches(
        name,
        this.list().map((image) => image.name),
      ),
    });
  }

  #view(name: string): Image {
    const parts = parseImageName(name) ?? { engine: '', os: name, variant: '' };
    const medium = this.#media.get(name);
    const ready = this.#ready.get(name);
    const recipe = this.#options.recipes.find((candidate) => candidate.name === name);
    const problem = this.#problems.get(name) ?? null;
    const about = ready?.manifest ?? recipe;
    return {
      name,
      kind: medium ? 'iso' : 'disk',
      ...parts,
      state: ready || medium ? 'ready' : this.#building.has(name) ? 'building' : problem ? 'failed' : 'absent',
      problem,
      memo: about?.memo ?? '',
      sizeBytes: (ready ?? medium)?.sizeBytes ?? 0,
      features: about?.features ?? [],
      defaultLogin: about?.defaultLogin ?? null,
      minMemoryMiB: about?.minMemoryMiB ?? 0,
      minDiskMiB: about?.minDiskMiB ?? 0,
      firmware: about?.firmware ?? 'bios',
      owner: ready?.manifest.owner ?? null,
      recipe: recipe ? { notRun: recipe.notRun ?? false, instructions: recipe.instructions ?? null } : null,
      builtFrom: ready?.manifest.builtFrom ?? [],
    };
  }
}

/** Images hold no secrets: every guest made from one could tell what is in it. */
async function openImage(folder: string, { disk, boot }: ReadyImage): Promise<void> {
  await addMode(folder, 0o055);
  for (const file of [disk.path, ...(boot ? [boot.kernel, boot.initrd] : [])]) await addMode(file, 0o044);
}

/** Adds rights that are missing, and touches nothing where none are. */
async function addMode(target: string, rights: number): Promise<void> {
  const { mode } = await stat(target);
  if ((mode & rights) !== rights) await chmod(target, (mode & 0o7777) | rights);
}

function buildFailure(imageName: string, step: string, error: unknown): TtError {
  const reason = error instanceof Error ? error.message : String(error);
  const advice =
    error instanceof Error && 'fix' in error && typeof error.fix === 'string'
      ? error.fix
      : 'Run "npm run doctor" on the host, then build it again.';
  return new TtError('IMAGE_BUILD_FAILED', { imageName, step, reason, advice }, { cause: error });
}
