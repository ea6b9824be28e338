// Files that were opened with TT, for windows to read: by an id, never by a path, and only as long as they are what was opened. A window
// sees a name and a size, as of a file that is dropped on it.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { FileOnDisk } from '../files/file-on-disk.ts';
import { type FileKind, kindOf } from '../windows/outside-files.ts';

/** What a window is told of one. */
export interface OpenedFile {
  id: string;
  kind: FileKind;
  /** Without its folder. */
  name: string;
  sizeBytes: number;
}

/** Why one is not opened. */
export type NotOpened = 'kind' | 'noFile' | 'unreadable' | 'empty' | 'tooLarge';

export type Opening = { ok: true; file: OpenedFile } | { ok: false; name: string; why: NotOpened };

/** Of one reading: the blocks of an upload (client/blob-source.ts) are half of that. */
export const MAX_READ_BYTES = 4 * 1024 * 1024;
/** As much YAML as a template may have, and some. */
const MAX_ENV_FILE_BYTES = 256 * 1024;
/** Known at once; the one opened first is forgotten. */
export const MOST_OPENED = 64;

export const readRequestSchema = z
  .strictObject({
    id: z.uuid(),
    /** In bytes; `end` is not read. */
    start: z.int().nonnegative(),
    end: z.int().nonnegative(),
  })
  .refine(({ start, end }) => end >= start && end - start <= MAX_READ_BYTES);
export type ReadRequest = z.infer<typeof readRequestSchema>;

interface Known {
  file: string;
  sizeBytes: number;
  identity: string;
}

export class OpenedFiles {
  readonly #known = new Map<string, Known>();

  /** Looks at one, and remembers it if it can be opened. */
  async take(file: string): Promise<Opening> {
    const name = path.basename(file);
    const kind = kindOf(file);
    if (kind === null) return { ok: false, name, why: 'kind' };
    const looked = await withFile(file, async ({ facts }) => facts).catch(() => null);
    if (looked === null) return { ok: false, name, why: 'unreadable' };
    if (!looked.isFile) return { ok: false, name, why: 'noFile' };
    const { sizeBytes, identity } = looked;
    if (sizeBytes === 0) return { ok: false, name, why: 'empty' };
    if (kind === 'envFile' && sizeBytes > MAX_ENV_FILE_BYTES) return { ok: false, name, why: 'tooLarge' };
    const id = randomUUID();
    this.#known.set(id, { file, sizeBytes, identity });
    for (const first of this.#known.keys()) {
      if (this.#known.size <= MOST_OPENED) break;
      this.#known.delete(first);
    }
    return { ok: true, file: { id, kind, name, sizeBytes } };
  }

  /** Rejects for one that is not known, or has changed since it was opened, and for bytes that it has not. */
  async read({ id, start, end }: ReadRequest): Promise<Uint8Array> {
    const known = this.#known.get(id);
    if (!known || end > known.sizeBytes) throw new Error('refused: no such file was opened');
    return withFile(known.file, async (file) => {
      if (file.facts.identity !== known.identity) throw new Error('refused: the file has changed since it was opened');
      return file.read(start, end - start);
    });
  }

  /** Opens it anew, for whoever closes it; null for one that is not known, can’t be read, or has changed since it was opened. */
  async open(id: string): Promise<FileOnDisk | null> {
    const known = this.#known.get(id);
    const file = known ? await FileOnDisk.open(known.file).catch(() => null) : null;
    if (file?.facts.identity === known?.identity) return file;
    await file?.close();
    return null;
  }
}

async function withFile<Result>(file: string, work: (opened: FileOnDisk) => Promise<Result>): Promise<Result> {
  const opened = await FileOnDisk.open(file);
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}
