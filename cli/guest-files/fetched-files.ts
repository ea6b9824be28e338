// Writes fetched files below a folder of this computer. What stands there already is not followed when it is a link, and is not
// overwritten unless asked; a file gets its name when it is whole and checked. What came of one that was broken off is continued.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { FetchTarget, FileSink, WantedFile } from '@tt/client';
import { asFileProblem } from '@tt/client/node';
import { reason, TtError } from '@tt/protocol';
import { entryAt } from './entry-at.ts';
import { FetchedPart, PartNames, SameFile } from './fetched-part.ts';

/** A folder below which nothing but what is meant is written. */
export class FetchFolder implements FetchTarget {
  /** Something is left here that the next attempt continues. */
  hasKept = false;
  readonly #root: string;
  readonly #force: boolean;
  readonly #vmId: string;
  readonly #made = new Set<string>();
  /** Files that stand there with another content than the guest's. */
  readonly #differing = new Set<string>();
  /** What was found of files that were broken off, by the path that they become. */
  readonly #begun = new Map<string, PartNames>();

  constructor(root: string, { force, vmId }: { force: boolean; vmId: string }) {
    this.#root = root;
    this.#force = force;
    this.#vmId = vmId;
  }

  pathOf(inner: string): string {
    return path.join(this.#root, ...inner.split('/'));
  }

  /** Throws FILE_UNUSABLE before anything is fetched. A file of the same size may be the same: that is seen later, by its hash. */
  async mustBeFree({ inner, sizeBytes }: WantedFile): Promise<void> {
    const file = this.pathOf(inner);
    const there = await entryAt(file);
    if (there === null) return;
    if (there.isDirectory()) throw unusable(file, reason('isFolder'));
    if (!this.#force && !(there.isFile() && there.size === sizeBytes)) throw unusable(file, reason('exists'));
  }

  /** Makes the folder and those above it. A link in place of one is no folder: it may lead anywhere. */
  async makeFolder(inner: string): Promise<void> {
    if (this.#made.has(inner)) return;
    if (inner === '') await mkdir(this.#root, { recursive: true }).catch(asProblem);
    else {
      const slash = inner.lastIndexOf('/');
      await this.makeFolder(slash < 0 ? '' : inner.slice(0, slash));
      await makeOne(this.pathOf(inner));
    }
    this.#made.add(inner);
  }

  async haveBytes(wanted: WantedFile): Promise<number> {
    const file = this.pathOf(wanted.inner);
    if (await this.#mayBeSame(wanted)) return wanted.sizeBytes;
    await this.makeFolder(parentOf(wanted.inner));
    const names = new PartNames(file, this.#vmId, wanted);
    const bytes = await names.claim(wanted.sizeBytes);
    this.#begun.set(file, names);
    return bytes;
  }

  async begin(wanted: WantedFile, haveBytes: number): Promise<FileSink> {
    const file = this.pathOf(wanted.inner);
    const names = this.#begun.get(file);
    if (!names) return new SameFile(file, { force: this.#force, onOther: () => this.#differing.add(file) });
    await this.makeFolder(parentOf(wanted.inner));
    const onKept = () => {
      this.hasKept = true;
    };
    return FetchedPart.open(file, names, { haveBytes, mode: wanted.mode, force: this.#force, onKept });
  }

  /** A file without bytes has nothing to compare. */
  async #mayBeSame({ inner, sizeBytes }: WantedFile): Promise<boolean> {
    const file = this.pathOf(inner);
    if (this.#differing.has(file)) return false;
    const there = await entryAt(file);
    return there?.isFile() === true && there.size === sizeBytes;
  }
}

function parentOf(inner: string): string {
  return inner.slice(0, Math.max(0, inner.lastIndexOf('/')));
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw asFileProblem(error);
    if (!(await entryAt(folder))?.isDirectory()) throw unusable(folder, reason('isFile'));
  }
}

function unusable(file: string, why: ReturnType<typeof reason>): TtError {
  return new TtError('FILE_UNUSABLE', { file, reason: why });
}

function asProblem(error: unknown): never {
  throw asFileProblem(error);
}
