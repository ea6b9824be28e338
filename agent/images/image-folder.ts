// The image folder as it is now: complete images are used, those still being copied wait, broken ones are reported. Scans again
// when something changes; remembers nothing that is not in the folder.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  type ErrorRecord,
  imageNameFor,
  imageNamePart,
  quoted,
  reason,
  type Reason,
  toErrorRecord,
  TtError,
} from '@tt/protocol';
import { type DroppedDisk, isDiskFile, lookAtDropped, readDropped } from './dropped-disk.ts';
import { addInnerMode, checkInner } from './inner-files.ts';
import { OpenFiles } from './open-for-writing.ts';
import { mediumName, type ReadyImage, type ReadyMedium, readImage, readMedium, readName } from './ready-image.ts';
import type { ImageTool } from './tool/interface.ts';
import { ReasonError, reasonOf } from '../host/reason-error.ts';

/** Something that changed less long ago is still coming. */
const SETTLED_MS = 500;
/** Most disk formats do not show whether a file is complete: it must have been unchanged for longer. */
const DISK_SETTLED_MS = 1_000;
/** What lacks something for so long is not being copied any more. */
const GIVEN_UP_MS = 30_000;

export interface BrokenImage {
  kind: 'broken';
  name: string;
  /** Its name in the folder. */
  file: string;
  problem: ErrorRecord;
}

/** One entry of the folder, judged. */
export type FolderEntry = ReadyImage | ReadyMedium | DroppedDisk | BrokenImage;

interface Judged {
  /** Its state when it was judged. */
  signature: string;
  entry: FolderEntry;
}

export interface ImageFolderOptions {
  directory: string;
  tool: ImageTool;
  /** Guests run as separate users, who must be able to read their image. */
  openToVmUsers: boolean;
  now?: () => number;
}

/** Not complete yet, but still being copied. */
class NotYet extends Error {}

export class ImageFolder {
  readonly #options: ImageFolderOptions;
  #judged = new Map<string, Judged>();

  constructor(options: ImageFolderOptions) {
    this.#options = options;
  }

  /** The entries by name; only changed ones are read again. */
  get entries(): ReadonlyMap<string, FolderEntry> {
    return new Map([...this.#judged].map(([name, { entry }]) => [name, entry]));
  }

  /**
   * Scans everything. True if something is still being copied: scan again soon. `atStart`: nothing has been reported yet, so
   * complete files need not settle.
   */
  async look({ atStart = false } = {}): Promise<boolean> {
    if (this.#options.openToVmUsers) await addInnerMode(this.#options.directory, this.#options.directory, 0o011);
    const next = new Map<string, Judged>();
    let isComing = false;
    let open: Promise<OpenFiles> | null = null;
    // Looked at once for all, and only when something is new.
    const isWriting = async (paths: readonly string[]) => {
      open ??= OpenFiles.now();
      return (await open).isWriting(paths);
    };
    for (const name of await readdir(this.#options.directory)) {
      // Work in progress has such names, and is renamed when it is done.
      if (name.startsWith('.') || name.includes('.building-')) continue;
      const before = this.#judged.get(name);
      try {
        const judged = await this.#judge(name, before, atStart, isWriting);
        if (judged) next.set(name, judged);
      } catch (error) {
        if (!(error instanceof NotYet)) throw error;
        isComing = true;
      }
    }
    this.#judged = next;
    return isComing;
  }

  /** The folders to watch: those of the images, and their parent. */
  watched(): string[] {
    const folders = [...this.#judged.keys()].filter((name) => !isFile(name));
    return [this.#options.directory, ...folders.map((name) => path.join(this.#options.directory, name))];
  }

  /** The file is as it was when it was judged. */
  async isUnchanged({ path: file, signature }: DroppedDisk): Promise<boolean> {
    return (await filesOf(file))?.signature === signature;
  }

  /** Null for what is unrelated to images. Throws NotYet. */
  async #judge(
    name: string,
    before: Judged | undefined,
    atStart: boolean,
    isWriting: (paths: readonly string[]) => Promise<boolean>,
  ): Promise<Judged | null> {
    const target = path.join(this.#options.directory, name);
    const files = await filesOf(target);
    if (files === null) return null;
    if (!files.isFolder && !isFile(name)) return null;
    if (before?.signature === files.signature) return before;
    const ageMs = (this.#options.now ?? Date.now)() - files.changedMs;
    const isDisk = !files.isFolder && isDiskFile(name);
    if (isDisk ? ageMs < DISK_SETTLED_MS : !atStart && ageMs < SETTLED_MS) throw new NotYet();
    let fallback = isDisk
      ? imageNameFor(name)
      : files.isFolder
        ? `qemu:${imageNamePart(name)}:unreadable`
        : mediumName(name);
    let entry: FolderEntry;
    try {
      // Before anything is read: what lies elsewhere must not even be told of in a reason.
      await checkInner(this.#options.directory, [target, ...files.paths]);
      if (files.isFolder) fallback = (await readName(target)) ?? fallback;
      entry = await this.#read(target, name, files);
    } catch (error) {
      if (await isWriting(files.paths)) throw new NotYet();
      if (error instanceof Missing && ageMs < GIVEN_UP_MS) throw new NotYet();
      const problem = toErrorRecord(
        new TtError('IMAGE_BROKEN', { imageName: fallback, file: name, reason: whyUnusable(error) }),
      );
      return { signature: files.signature, entry: { kind: 'broken', name: fallback, file: name, problem } };
    }
    if (await isWriting(files.paths)) throw new NotYet();
    return { signature: files.signature, entry };
  }

  async #read(target: string, name: string, { isFolder, signature }: Files): Promise<FolderEntry> {
    const { tool, openToVmUsers } = this.#options;
    if (!isFolder && isDiskFile(name)) {
      const { missing, needsOthers, format } = await lookAtDropped(target, tool);
      if (missing !== null) throw new Missing(missing);
      if (needsOthers !== null) throw new ReasonError(needsOthers);
      return { ...(await readDropped(target, name, signature)), format };
    }
    if (!isFolder) {
      const missing = await tool.lookAtMedium(target);
      if (missing !== null) throw new Missing(missing);
      if (openToVmUsers) await addInnerMode(this.#options.directory, target, 0o044);
      return readMedium(target);
    }
    const image = await readImage(target).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT'
        ? new Missing(reason('fileMissing', { file: path.basename(error.path ?? '') }))
        : error;
    });
    const { missing, needsOthers } = await tool.lookAtDisk(image.disk.path);
    if (missing !== null) throw new Missing(missing);
    if (needsOthers !== null) throw new ReasonError(needsOthers);
    if (openToVmUsers) await openImage(this.#options.directory, target, image);
    return image;
  }
}

/** Something that may still be coming. */
class Missing extends ReasonError {}

interface Files {
  isFolder: boolean;
  paths: string[];
  /** Changes whenever one of the files does. */
  signature: string;
  changedMs: number;
}

/** Null if it was removed meanwhile, or is neither a file nor a folder. */
async function filesOf(target: string): Promise<Files | null> {
  try {
    // Links within the image folder are followed; `checkInner` refuses the others.
    const own = await stat(target);
    if (!own.isDirectory() && !own.isFile()) return null;
    const isFolder = own.isDirectory();
    const names = isFolder ? (await readdir(target)).sort() : [];
    const paths = isFolder ? names.map((name) => path.join(target, name)) : [target];
    const facts = isFolder ? await Promise.all(paths.map((file) => stat(file))) : [own];
    const parts = facts.map(({ ino, size, mtimeMs }, index) => `${names[index] ?? ''} ${ino} ${size} ${mtimeMs}`);
    const changedMs = Math.max(own.ctimeMs, ...facts.map(({ ctimeMs }) => ctimeMs));
    return { isFolder, paths, signature: parts.join('\n') || 'empty', changedMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Files that look like images; others are ignored. */
function isFile(name: string): boolean {
  return /\.iso$/i.test(name) || isDiskFile(name);
}

/** Images contain no secrets: every guest made from one can read it. */
async function openImage(root: string, folder: string, { disk, boot }: ReadyImage): Promise<void> {
  await addInnerMode(root, folder, 0o055);
  for (const file of [disk.path, ...(boot ? [boot.kernel, boot.initrd] : [])]) await addInnerMode(root, file, 0o044);
}

/** Errors of other parsers; the first line of the message is enough. */
function whyUnusable(error: unknown): Reason {
  const why = reasonOf(error);
  return why.code === 'reported' ? quoted('unreadable', firstLine(why.quote ?? '')) : why;
}

function firstLine(text: string): string {
  return text.slice(0, 300).replaceAll(/\s+/g, ' ');
}
