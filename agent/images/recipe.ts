// A way to build an image on this host. Each recipe has its folder below `recipes/`; this is what the image service needs of it.
import type { OperationStep, StepCode, TermCode } from '@tt/protocol';
import type { ImageManifest } from './manifest.ts';

/** How far a build or an import is. */
export interface StepProgress {
  step: StepCode;
  /** Fields of the words for the step. */
  data?: OperationStep['data'];
  done: number;
  total: number;
}

export interface BuildContext {
  /** Downloads are kept here for the next build. */
  cacheDirectory: string;
  /** Appears whole or not at all: the recipe builds in a hidden sibling and renames. */
  outputDirectory: string;
  /**
   * The guest helper of this agent, for images of Linux that the recipe puts together; null if this host has none: agents put theirs into
   * such guests when they first need it.
   */
  guestHelper: Uint8Array | null;
  signal: AbortSignal;
  onProgress: (progress: StepProgress) => void;
  /** What its programs print, in any pieces: for the log of the build. Default: nobody reads it. */
  onOutput?: (text: string) => void;
}

export interface Recipe {
  /** `engine:os-version:variant` */
  name: string;
  /** Folder in the image directory. */
  directoryName: string;
  memo: string;
  /** The same in the other languages of the window, by language tag. */
  memos?: NonNullable<ImageManifest['memos']>;
  features: string[];
  defaultLogin: ImageManifest['defaultLogin'];
  minMemoryMiB: number;
  minDiskMiB: number;
  firmware: ImageManifest['firmware'];
  /** Built when the agent starts for the first time; the others only on request. */
  builtAtStart?: boolean;
  /** The authors have not built it themselves. */
  notRun?: boolean;
  /** For what no program may fetch: what to do by hand. */
  instructions?: TermCode<'instruction'>;
  /** Rejects with a BuildError where it knows what to do about it. */
  build(context: BuildContext): Promise<ImageManifest>;
}
