// What this window notes of imports whose file is still being sent, so that the next one can continue them after a reload: which
// upload it is, and what is to be made of it. Never the file, which a page may not open again without its user.
import { z } from 'zod';

/** The part of Storage that is needed. */
export type NotesPlace = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'tt.imports';
/** As many transfers as the agent lets one user have. */
const MOST = 32;
/** The agent removes what nobody touched for six hours; an upload may take some itself. */
const KEPT_MS = 48 * 60 * 60 * 1000;

const noteSchema = z.object({
  transferId: z.uuid(),
  fileName: z.string().max(255),
  sizeBytes: z.number().int().positive(),
  /** ms of the epoch. */
  notedAt: z.number(),
  request: z.object({
    name: z.string().max(200),
    memo: z.string().max(500).optional(),
    firmware: z.enum(['bios', 'uefi']).optional(),
    sha256: z.string().max(64).optional(),
    format: z.literal('raw').optional(),
  }),
});
export type ImportNote = z.infer<typeof noteSchema>;
export type ImportRequest = ImportNote['request'];

export class ImportNotes {
  readonly #place: NotesPlace | null;
  readonly #now: () => number;

  /** `place`: null keeps nothing. */
  constructor(place: NotesPlace | null, now: () => number = Date.now) {
    this.#place = place;
    this.#now = now;
  }

  /** Oldest first. What an older or broken window has left counts as nothing. */
  all(): ImportNote[] {
    try {
      const found: unknown = JSON.parse(this.#place?.getItem(KEY) ?? '[]');
      if (!Array.isArray(found)) return [];
      const notes = found.flatMap((note) => noteSchema.safeParse(note).data ?? []);
      return notes.filter(({ notedAt }) => notedAt > this.#now() - KEPT_MS);
    } catch {
      return [];
    }
  }

  put(note: Omit<ImportNote, 'notedAt'>): void {
    this.#write([...this.#others(note.transferId), { ...note, notedAt: this.#now() }]);
  }

  remove(transferId: string): void {
    this.#write(this.#others(transferId));
  }

  #others(transferId: string): ImportNote[] {
    return this.all().filter((note) => note.transferId !== transferId);
  }

  #write(notes: readonly ImportNote[]): void {
    try {
      this.#place?.setItem(KEY, JSON.stringify(notes.slice(-MOST)));
    } catch {
      // A full local storage costs the import only its resuming after a reload.
    }
  }
}
