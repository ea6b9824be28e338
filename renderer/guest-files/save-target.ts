// Where files of a guest come to: a file or a folder that was chosen on this computer, written as they come, where the browser offers
// that; otherwise a download of one file, a tar archive of several.
import type { FetchPlan, FetchTarget, FileSink, WantedFile } from '@tt/client';
import { reason, TtError } from '@tt/protocol';
import { saveFile } from '../components/save-file.ts';
import { GrowingBlob } from './growing-blob.ts';
import { tarEnd, tarHeader, tarPadding } from './tar-writer.ts';

export interface SaveTarget extends FetchTarget {
  /** What it is called, to be said. */
  readonly name: string;
  /** Whether a file can come again after some of it was written. */
  readonly canTakeBack: boolean;
  /** Before anything comes. */
  prepare(plan: FetchPlan): Promise<void>;
  /** Everything has come. */
  finish(): Promise<void>;
}

/** The parts of File System Access that are used; its types are not in lib.dom yet. */
interface Pickers {
  showSaveFilePicker(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
  showDirectoryPicker(options: { id: string; mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}

/** Downloads are kept by the browser until they are whole. */
export const MOST_DOWNLOAD_BYTES = 4 * 1024 ** 3;

export interface SaveRequest {
  /** Short name of the machine. */
  vm: string;
  /** The only thing that is wanted, if it is a file. */
  onlyFile: string | null;
  /** False in the desktop: it grants pages no access to files, and saves downloads where its own dialog says. */
  mayPick: boolean;
}

/** Must be called by a click or a key: the browser asks then. null: the user has changed their mind. */
export async function chooseTarget({ vm, onlyFile, mayPick }: SaveRequest): Promise<SaveTarget | null> {
  const pickers = mayPick && 'showDirectoryPicker' in window ? (window as unknown as Pickers) : null;
  if (!pickers) return onlyFile === null ? new TarTarget(`${vm}.tar`) : new DownloadTarget(onlyFile);
  try {
    if (onlyFile !== null) return new FileTarget(await pickers.showSaveFilePicker({ suggestedName: onlyFile }));
    return new FolderTarget(await pickers.showDirectoryPicker({ id: 'tt-files', mode: 'readwrite' }), vm);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw refused(onlyFile ?? vm, error);
  }
}

abstract class Target implements SaveTarget {
  abstract readonly name: string;
  readonly canTakeBack: boolean = true;
  async prepare(_plan: FetchPlan): Promise<void> {}
  async finish(): Promise<void> {}
  async haveBytes(): Promise<number> {
    return 0;
  }
  abstract begin(file: WantedFile): Promise<FileSink>;
}

/** One file, kept by the browser until it is whole. */
export class DownloadTarget extends Target {
  readonly name: string;
  #blob = new GrowingBlob();

  constructor(name: string) {
    super();
    this.name = name;
  }

  async begin(): Promise<FileSink> {
    this.#blob = new GrowingBlob();
    return plainSink((bytes) => this.#blob.append(bytes));
  }

  override async prepare(plan: FetchPlan): Promise<void> {
    mustFitDownload(this.name, plan);
  }

  override async finish(): Promise<void> {
    saveFile(this.name, this.#blob.whole());
  }
}

/** Several files, as one. */
export class TarTarget extends Target {
  readonly name: string;
  override readonly canTakeBack = false;
  readonly #blob = new GrowingBlob();

  constructor(name: string) {
    super();
    this.name = name;
  }

  override async prepare(plan: FetchPlan): Promise<void> {
    mustFitDownload(this.name, plan);
    const modifiedAt = new Date();
    for (const name of plan.folders) {
      this.#blob.append(tarHeader({ name, kind: 'folder', sizeBytes: 0, mode: 0o755, modifiedAt }));
    }
  }

  async begin({ inner: name, sizeBytes, mode, modifiedAt }: WantedFile): Promise<FileSink> {
    this.#blob.append(tarHeader({ name, kind: 'file', sizeBytes, mode, modifiedAt: new Date(modifiedAt) }));
    return {
      ...plainSink((bytes) => this.#blob.append(bytes)),
      close: async () => this.#blob.append(tarPadding(sizeBytes)),
    };
  }

  override async finish(): Promise<void> {
    saveFile(this.name, this.whole());
  }

  whole(): Blob {
    this.#blob.append(tarEnd());
    return this.#blob.whole();
  }
}

/** The file that was chosen: the browser has asked whether it may be overwritten, and does that when it is whole. */
class FileTarget extends Target {
  readonly name: string;
  readonly #handle: FileSystemFileHandle;

  constructor(handle: FileSystemFileHandle) {
    super();
    this.#handle = handle;
    this.name = handle.name;
  }

  async begin(): Promise<FileSink> {
    return writableSink(this.#handle);
  }
}

/** A new folder in the one that was chosen, called as the machine: nothing in it is in the way of anything. */
export class FolderTarget extends Target {
  name: string;
  readonly #parent: FileSystemDirectoryHandle;
  readonly #folders = new Map<string, FileSystemDirectoryHandle>();

  constructor(parent: FileSystemDirectoryHandle, name: string) {
    super();
    this.#parent = parent;
    this.name = name;
  }

  override async prepare({ folders }: FetchPlan): Promise<void> {
    const wanted = this.name;
    try {
      for (let number = 2; await isThere(this.#parent, this.name); number++) this.name = `${wanted}-${number}`;
      this.#folders.set('', await this.#parent.getDirectoryHandle(this.name, { create: true }));
    } catch (error) {
      throw refused(this.name, error);
    }
    for (const inner of folders) await this.#folder(inner);
  }

  async begin({ inner }: WantedFile): Promise<FileSink> {
    const slash = inner.lastIndexOf('/');
    const name = inner.slice(slash + 1);
    const folder = await this.#folder(inner.slice(0, Math.max(0, slash)));
    try {
      const sink = await writableSink(await folder.getFileHandle(name, { create: true }));
      return {
        ...sink,
        async drop(error) {
          await sink.drop(error);
          // What may be of another content than its guest’s file does not stay.
          if (error !== null) await folder.removeEntry(name);
        },
      };
    } catch (error) {
      throw refused(inner, error);
    }
  }

  async #folder(inner: string): Promise<FileSystemDirectoryHandle> {
    const known = this.#folders.get(inner);
    if (known) return known;
    const slash = inner.lastIndexOf('/');
    const above = inner === '' ? this.#parent : await this.#folder(inner.slice(0, Math.max(0, slash)));
    try {
      const made = await above.getDirectoryHandle(inner.slice(slash + 1), { create: true });
      this.#folders.set(inner, made);
      return made;
    } catch (error) {
      throw refused(inner, error);
    }
  }
}

function mustFitDownload(file: string, { files }: FetchPlan): void {
  const sizeBytes = files.reduce((sum, one) => sum + one.sizeBytes, 0);
  if (sizeBytes <= MOST_DOWNLOAD_BYTES) return;
  throw new TtError('FILE_UNUSABLE', { file, reason: reason('fileTooLarge', { maxBytes: MOST_DOWNLOAD_BYTES }) });
}

function plainSink(write: (bytes: Uint8Array) => void): FileSink {
  return {
    write: async (bytes) => write(bytes),
    close: async () => {},
    finish: async () => true,
    drop: async () => {},
  };
}

async function writableSink(handle: FileSystemFileHandle): Promise<FileSink> {
  const writable = await handle.createWritable();
  let isOpen = true;
  return {
    write: (bytes) =>
      writable.write(bytes.slice()).catch((error: unknown) => {
        throw refused(handle.name, error);
      }),
    async close() {
      isOpen = false;
      await writable.close().catch((error: unknown) => {
        throw refused(handle.name, error);
      });
    },
    finish: async () => true,
    async drop() {
      // What is not closed leaves nothing behind.
      if (isOpen) await writable.abort();
    },
  };
}

async function isThere(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await folder.getDirectoryHandle(name);
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return false;
    // A file of that name.
    if (error instanceof DOMException && error.name === 'TypeMismatchError') return true;
    throw error;
  }
}

/** The browser says no more than that. */
function refused(file: string, cause: unknown): TtError {
  if (cause instanceof TtError) return cause;
  const isFull = cause instanceof DOMException && cause.name === 'QuotaExceededError';
  return new TtError('FILE_UNUSABLE', { file, reason: reason(isFull ? 'noSpace' : 'notPermitted') }, { cause });
}
