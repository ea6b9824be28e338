// The interface of every section of `npm run bench`.
import type { Comparison } from './comparison.ts';

export interface BenchContext {
  /** Whatever was started or made: disposed at the end of the section, also on Ctrl-C. */
  resources: AsyncDisposableStack;
  /** A folder of this section's own, with a path short enough for unix sockets. */
  folder: string;
  /** Folder of images for the agent: one subfolder each. Rejects when there is none. */
  imageDirectory: () => Promise<string>;
  /** Fewer repetitions: shows that the section works, its numbers are worth little. */
  quick: boolean;
  /** Whether this part of the section is to run. */
  wants: (part: string) => boolean;
  /** Tells people what goes on. */
  say: (text: string) => void;
}

export interface SectionResult {
  comparisons: Comparison[];
  /** Lines below the table: what was not run, and why. */
  notes: string[];
  /** The peers' own commands, as one could type them. */
  peerCommands: string[];
}

export interface Section {
  /** As in `npm run bench -- name`. */
  name: string;
  title: string;
  /** What can be run alone, as in `npm run bench -- name part`. Default: none. */
  parts?: readonly string[];
  /** Parts that take so long, or need so much, that they run only when they are named. */
  partsByName?: readonly string[];
  run(context: BenchContext): Promise<SectionResult>;
}
