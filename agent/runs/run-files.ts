// The folder of the runs: `<run>/note.json` says what ran and how it ended, and beside it is what each machine printed. Everything in
// it belongs to the agent.
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writePrivateFile } from '@tt/client/node';
import { runDetailSchema, type RunOutputChannel, runSchema } from '@tt/protocol';
import { type z, ZodError } from 'zod';
import { makeOwnFolder } from '../host/own-folder.ts';

const noteSchema = runDetailSchema.required({ request: true }).extend({ run: runSchema.omit({ counts: true }) });
export type RunNote = z.infer<typeof noteSchema>;

const NOTE = 'note.json';

export class RunFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Creates the folder; returns the runs of an earlier agent, oldest first, and removes what is none. */
  async init(): Promise<RunNote[]> {
    await makeOwnFolder(this.#directory, 0o700);
    const found: RunNote[] = [];
    for (const name of await readdir(this.#directory)) {
      const note = await this.#readNote(name);
      if (note?.run.id === name) found.push(note);
      else await rm(path.join(this.#directory, name), { recursive: true, force: true });
    }
    return found.sort((one, other) => one.run.startedAt.localeCompare(other.run.startedAt));
  }

  folderOf(runId: string): string {
    return path.join(this.#directory, checked(runId));
  }

  outputOf(runId: string, vmId: string, channel: RunOutputChannel): string {
    return path.join(this.folderOf(runId), `${checked(vmId)}.${channel}`);
  }

  /** Of a file that was begun: its bytes; 0 of one that never was. */
  async sizeOf(file: string): Promise<number> {
    try {
      return (await stat(file)).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
      throw error;
    }
  }

  async create(note: RunNote): Promise<void> {
    await mkdir(this.folderOf(note.run.id), { mode: 0o700 });
    try {
      await this.write(note);
    } catch (error) {
      await this.remove(note.run.id);
      throw error;
    }
  }

  /** The old note or the new one, never half of it. */
  async write(note: RunNote): Promise<void> {
    await writePrivateFile(path.join(this.folderOf(note.run.id), NOTE), JSON.stringify(note));
  }

  /** Idempotent. */
  async remove(runId: string): Promise<void> {
    await rm(this.folderOf(runId), { recursive: true, force: true });
  }

  async #readNote(name: string): Promise<RunNote | null> {
    try {
      return noteSchema.parse(JSON.parse(await readFile(path.join(this.#directory, name, NOTE), 'utf8')));
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof ZodError || isMissing(error)) return null;
      throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Ids are made by agents or have the form of a UUID; one that is not made so must not lead out of the folder. */
function checked(id: string): string {
  if (!/^[\w-]+$/.test(id)) throw new RangeError(`not an id: ${JSON.stringify(id)}`);
  return id;
}
