// Files that the file manager, a command line or a drop on the icon opens with TT: an image to import, a capsule, the YAML of an ENV.
// Only their paths are taken here, from the first moment on; nothing of them is read before a window asks for it, and nothing is started.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { App } from 'electron';

export type FileKind = 'image' | 'capsule' | 'envFile';

const kinds: ReadonlyMap<string, FileKind> = new Map([
  ...['.qcow2', '.qcow', '.vmdk', '.vdi', '.vhd', '.vhdx', '.img', '.raw', '.iso', '.ova'].map(
    (extension) => [extension, 'image'] as const,
  ),
  ['.tt-capsule', 'capsule'],
  ['.yaml', 'envFile'],
  ['.yml', 'envFile'],
]);
/** Of one command line; more is a mistake. */
export const MOST_FILES = 32;
const MAX_PATH = 4096;

/** By its name, as a file manager decides; null: none that TT opens. What is inside is checked by the server that gets it. */
export function kindOf(file: string): FileKind | null {
  return kinds.get(path.extname(file).toLowerCase()) ?? null;
}

/** What an argument list has of files: the program, its flags, links and everything of another kind are none. */
export function filesIn(argv: readonly string[], folder: string): string[] {
  const files = argv
    .slice(1)
    .map((word) => pathOf(word, folder))
    .filter((file): file is string => file !== null && kindOf(file) !== null);
  return [...new Set(files)].slice(0, MOST_FILES);
}

/** Absolute; null for flags, for addresses of anything but a file of this computer, and for what can be no path. */
function pathOf(word: string, folder: string): string | null {
  if (word === '' || word.length > MAX_PATH || word.includes('\0') || word.startsWith('-')) return null;
  if (/^file:/i.test(word)) {
    try {
      return fileURLToPath(word);
    } catch {
      return null;
    }
  }
  // A drive letter of Windows is no scheme.
  return /^[a-z][a-z\d+.-]+:/i.test(word) ? null : path.resolve(folder, word);
}

/** Collects files from the first moment on: macOS tells of them before the app is ready. */
export class OutsideFiles {
  readonly #early: string[][] = [];
  #tell: ((files: readonly string[]) => void) | null = null;

  /** `argv` and `folder`: of this process. */
  constructor(app: Pick<App, 'on'>, argv: readonly string[], folder: string) {
    this.#take(filesIn(argv, folder));
    app.on('second-instance', (_event, theirs, theirFolder) => this.#take(filesIn(theirs, theirFolder)));
    app.on('open-file', (event, file) => {
      event.preventDefault();
      this.#take(filesIn(['', file], path.parse(folder).root));
    });
  }

  /** Told of those that came together; of those that came before first. */
  follow(tell: (files: readonly string[]) => void): void {
    this.#tell = tell;
    for (const files of this.#early.splice(0)) tell(files);
  }

  #take(files: readonly string[]): void {
    if (files.length === 0) return;
    if (this.#tell) this.#tell(files);
    else this.#early.push([...files]);
  }
}
