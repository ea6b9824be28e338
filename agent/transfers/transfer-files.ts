// The folder of the transfers: `<id>.bytes` beside `<id>.json`, so that the next agent can continue them, and drafts of files
// that are still being made. Everything in it belongs to the agent.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Transfer, transferSchema } from '@tt/protocol';
import { ZodError, z } from 'zod';
import { makeOwnFolder } from '../host/own-folder.ts';
import { openPlain } from '../host/plain-file.ts';

/** The contents of the side file. An earlier version did not record what was synced: no bytes of its uploads can be trusted. */
const noteSchema = transferSchema
  .omit({ doneBytes: true })
  .extend({ syncedBytes: z.number().int().nonnegative().default(0) });
type TransferNote = z.infer<typeof noteSchema>;

const NOTE = '.json';
const BYTES = '.bytes';

export class TransferFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Creates the folder; returns the transfers of an earlier agent, and removes everything else in it. */
  async init(): Promise<Transfer[]> {
    await makeOwnFolder(this.#directory, 0o700);
    const names = new Set(await readdir(this.#directory));
    const found: Transfer[] = [];
    for (const name of names) {
      const id = name.slice(0, -NOTE.length);
      if (!name.endsWith(NOTE) || !names.has(id + BYTES)) continue;
      const note = await this.#readNote(name);
      // What a power cut has left of it says nothing of the bytes: they are removed below, as those without a note are.
      if (note?.id !== id) continue;
      const bytes = await lstat(this.bytesOf(id));
      if (!bytes.isFile()) continue;
      const { size } = bytes;
      const { syncedBytes, ...transfer } = note;
      // The size of a file may outlive its bytes: of an upload only what was noted counts.
      if (transfer.state === 'open') found.push({ ...transfer, doneBytes: Math.min(size, syncedBytes) });
      else if (size === transfer.sizeBytes) found.push({ ...transfer, doneBytes: size });
    }
    const known = new Set(found.flatMap(({ id }) => [id + NOTE, id + BYTES]));
    for (const name of names) {
      if (!known.has(name)) await rm(path.join(this.#directory, name), { recursive: true, force: true });
    }
    return found;
  }

  async #readNote(name: string): Promise<TransferNote | null> {
    try {
      return noteSchema.parse(JSON.parse(await readFile(path.join(this.#directory, name), 'utf8')));
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof ZodError) return null;
      throw error;
    }
  }

  bytesOf(id: string): string {
    return path.join(this.#directory, id + BYTES);
  }

  draft(id: string): string {
    return path.join(this.#directory, `${id}.draft`);
  }

  /** Bytes first, then the record: a record without bytes would be wrong after a crash. */
  async create(transfer: Transfer): Promise<void> {
    await writeFile(this.bytesOf(transfer.id), '', { mode: 0o600, flag: 'wx' });
    await this.note(transfer, 0);
  }

  /** The old note or the new one, never half of it. `syncedBytes` are on the disk. */
  async note({ doneBytes: _doneBytes, ...transfer }: Transfer, syncedBytes: number): Promise<void> {
    const note: TransferNote = { ...transfer, syncedBytes };
    const file = path.join(this.#directory, note.id + NOTE);
    const fresh = `${file}.new`;
    try {
      await writeFile(fresh, JSON.stringify(note), { mode: 0o600, flush: true });
      await rename(fresh, file);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
  }

  async read(id: string, offset: number, length: number): Promise<Uint8Array> {
    await using handle = await openPlain(this.bytesOf(id));
    const buffer = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await handle.read(buffer, done, length - done, offset + done);
      if (bytesRead === 0) throw new Error(`the file of transfer ${id} is shorter than it was`);
      done += bytesRead;
    }
    return buffer;
  }

  /** Note first: bytes without a note are swept at the next start. */
  async remove(id: string): Promise<void> {
    await rm(path.join(this.#directory, id + NOTE), { force: true });
    await rm(this.bytesOf(id), { force: true });
  }
}

/** SHA-256 of a file, read in pieces. */
export async function hashOf(file: string, onBytes: (bytes: number) => void = () => {}): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
    onBytes((chunk as Buffer).length);
  }
  return hash.digest('hex');
}
