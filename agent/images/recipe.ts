// A way to make an image on this host. Each recipe has its folder below `recipes/`; this is what the image service needs.
import type { ImageManifest } from './manifest.ts';

export interface BuildContext {
  /** Downloads are kept here for the next build. */
  cacheDirectory: string;
  /** Appears whole or not at all: the recipe builds in a hidden sibling and renames. */
  outputDirectory: string;
  signal: AbortSignal;
  onProgress: (progress: { step: string; done: number; total: number }) => void;
}

export interface Recipe {
  /** `engine:os-version:variant` */
  name: string;
  /** Folder in the image directory. */
  directoryName: string;
  memo: string;
  features: string[];
  defaultLogin: ImageManifest['defaultLogin'];
  minMemoryMiB: number;
  minDiskMiB: number;
  firmware: ImageManifest['firmware'];
  /** Built when the agent starts for the first time; the others only when somebody asks. */
  builtAtStart?: boolean;
  /** The authors have not built it themselves. */
  notRun?: boolean;
  /** For what no program may fetch: what to do by hand. */
  instructions?: string;
  /** Rejects with an Error that may carry a `fix` sentence. */
  build(context: BuildContext): Promise<ImageManifest>;
}
