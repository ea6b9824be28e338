// Images being built: which names are taken, which will be built without further requests, the result of the last build of each,
// and who is waiting. The image service knows what is in the image folder.
import path from 'node:path';
import { type Image, type ImageBuildLog, quoted, reason, stepText, TtError } from '@tt/protocol';
import { ReasonError } from '../host/reason-error.ts';
import { buildFailure } from './build-failure.ts';
import { BuildLogs } from './build-log.ts';
import type { FolderEntry } from './image-folder.ts';
import { ImageWaits } from './image-waits.ts';
import type { Recipe, StepProgress } from './recipe.ts';

export interface BuildParts {
  directory: string;
  cacheDirectory: string;
  /** The program that images bring; see BuildContext. */
  guestHelper: () => Promise<Uint8Array | null>;
  /** As followers see it; null if there is no such image. */
  stateOf: (name: string) => Image['state'] | null;
  /** Scans the folder again: the entry with this name. */
  outcomeOf: (name: string) => Promise<FolderEntry | null>;
  /** Something here has changed. */
  tell: () => void;
  /** Milliseconds of the epoch; default: the host's clock. */
  now?: () => number;
}

export class ImageBuilds {
  readonly #parts: BuildParts;
  /** Names that something is being made for. */
  readonly #making = new Set<string>();
  /** Names that will be built without further requests. */
  readonly #expected = new Set<string>();
  readonly #problems = new Map<string, TtError>();
  readonly #logs = new BuildLogs();
  readonly #waits = new ImageWaits((name) => this.#parts.stateOf(name) === 'building');

  constructor(parts: BuildParts) {
    this.#parts = parts;
  }

  names(): string[] {
    return [...this.#making, ...this.#expected];
  }

  has(name: string): boolean {
    return this.#making.has(name) || this.#expected.has(name);
  }

  /** Why its last build failed. */
  problemOf(name: string): TtError | undefined {
    return this.#problems.get(name);
  }

  /** See ImageService. */
  log(name: string, offset: number, waitMs: number, signal?: AbortSignal): Promise<ImageBuildLog> {
    return this.#logs.read(name, offset, waitMs, signal);
  }

  /** See ImageService. */
  expect(names: readonly string[]): void {
    this.#expected.clear();
    for (const name of names) this.#expected.add(name);
    this.#parts.tell();
  }

  /** See ImageService. */
  async made(name: string, signal: AbortSignal, onProgress: (progress: StepProgress) => void): Promise<void> {
    await this.#waits.wait({ name, signal, onProgress });
    const problem = this.#problems.get(name);
    if (problem && this.#parts.stateOf(name) === 'failed') throw problem;
  }

  /** Releases those who wait for an image that is no longer being made. */
  look(): void {
    this.#waits.look();
  }

  /** Reserves a free name while `work` makes its image. Throws IMAGE_NAME_TAKEN. */
  async make<Result>(
    name: string,
    isTaken: boolean,
    work: (report: (progress: StepProgress) => void) => Promise<Result>,
  ): Promise<Result> {
    if (isTaken || this.#making.has(name)) throw new TtError('IMAGE_NAME_TAKEN', { imageName: name });
    try {
      return await this.#hold(name, () => work((progress) => this.#waits.progress(name, progress)));
    } finally {
      this.#waits.look();
    }
  }

  /**
   * Builds the image of a recipe. `waited`: another build of that name was running, and has ended; its result is in the folder.
   * Throws IMAGE_RECIPE_BY_HAND, IMAGE_BUILD_FAILED.
   */
  async build(
    recipe: Recipe,
    signal: AbortSignal,
    onProgress: (progress: StepProgress) => void,
  ): Promise<'built' | 'waited'> {
    const { name } = recipe;
    if (recipe.instructions !== undefined) {
      throw new TtError('IMAGE_RECIPE_BY_HAND', { imageName: name, instructions: recipe.instructions });
    }
    this.#expected.delete(name);
    if (this.#making.has(name)) {
      await this.made(name, signal, onProgress);
      return 'waited';
    }
    this.#problems.delete(name);
    let last: StepProgress = { step: 'starting', done: 0, total: 1 };
    const log = this.#logs.begin(name, new Date(this.#parts.now?.() ?? Date.now()));
    const onOutput = (text: string) => log.write(text);
    try {
      await this.#hold(name, async () => {
        await recipe.build({
          cacheDirectory: path.join(this.#parts.cacheDirectory, recipe.directoryName),
          outputDirectory: path.join(this.#parts.directory, recipe.directoryName),
          guestHelper: await this.#parts.guestHelper(),
          signal,
          onOutput,
          onProgress: (progress) => {
            if (stepLine(progress) !== stepLine(last)) log.write(stepLine(progress));
            last = progress;
            onProgress(progress);
            this.#waits.progress(name, progress);
          },
        });
        const made = await this.#parts.outcomeOf(name);
        if (made?.kind !== 'disk') {
          throw new ReasonError(
            made?.kind === 'broken' ? quoted('reported', made.problem.message) : reason('noImageMade'),
          );
        }
      });
      return 'built';
    } catch (error) {
      signal.throwIfAborted();
      const failure = buildFailure(name, last, error);
      log.write(`\n${failure.message}\n`);
      this.#problems.set(name, failure);
      throw failure;
    } finally {
      log.end();
      this.#parts.tell();
    }
  }

  async #hold<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    this.#making.add(name);
    this.#parts.tell();
    try {
      return await work();
    } finally {
      this.#making.delete(name);
    }
  }
}

/** In the log, between what programs print. In English, as they are. */
function stepLine({ step, data = {} }: StepProgress): string {
  return `== ${stepText({ code: step, data })}\n`;
}
