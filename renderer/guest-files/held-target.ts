// What has come of files of a guest, held while the link to its server is down: the next attempt goes on there. What was there before is
// believed only when the hash of the whole is that of the guest’s file.
import { type FetchPlan, type FetchTarget, type FileSink, isBrokenOff, type WantedFile } from '@tt/client';
import { type FetchedFile, TtError } from '@tt/protocol';
import type { SaveTarget } from './save-target.ts';
import { Sha256 } from './sha256.ts';

interface Held {
  file: WantedFile;
  sink: FileSink;
  hash: Sha256;
  /** Of the whole, once it has come. */
  sha256: string | null;
  bytes: number;
  isDone: boolean;
  /** Some of it came in an earlier attempt. */
  isContinued: boolean;
}

export class HeldTarget implements FetchTarget {
  readonly #target: SaveTarget;
  readonly #vmName: string;
  readonly #held = new Map<string, Held>();
  #plan: FetchPlan | null = null;

  constructor(target: SaveTarget, vmName: string) {
    this.#target = target;
    this.#vmName = vmName;
  }

  get name(): string {
    return this.#target.name;
  }

  get heldBytes(): number {
    return [...this.#held.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Before each attempt. GUEST_FILE_CHANGED where something is held that can’t be taken back, and is of another file now. */
  async prepare(plan: FetchPlan): Promise<void> {
    if (!this.#plan) await this.#target.prepare(plan);
    this.#plan = plan;
    const now = new Map(plan.files.map((file) => [file.inner, file]));
    for (const held of Array.from(this.#held.values())) {
      const file = now.get(held.file.inner);
      if (file && isSame(file, held.file)) held.isContinued = true;
      else await this.#takeBack(held);
    }
  }

  finish(): Promise<void> {
    return this.#target.finish();
  }

  /** Nobody goes on. Never rejects. */
  async giveUp(): Promise<void> {
    const why = new Error('nobody goes on with it');
    for (const held of this.#held.values()) await held.sink.drop(why).catch(() => {});
    this.#held.clear();
  }

  async haveBytes({ inner }: WantedFile): Promise<number> {
    return this.#held.get(inner)?.bytes ?? 0;
  }

  async begin(file: WantedFile): Promise<FileSink> {
    const known = this.#held.get(file.inner);
    if (known) return this.#sinkOf(known);
    const sink = await this.#target.begin(file, 0);
    const held = { file, sink, hash: new Sha256(), sha256: null, bytes: 0, isDone: false, isContinued: false };
    this.#held.set(file.inner, held);
    return this.#sinkOf(held);
  }

  #sinkOf(held: Held): FileSink {
    return {
      write: async (bytes) => {
        await held.sink.write(bytes);
        held.hash.update(bytes);
        held.bytes += bytes.length;
      },
      close: async () => {
        if (held.sha256 !== null) return;
        await held.sink.close();
        held.sha256 = held.hash.hex();
      },
      finish: (fetched) => this.#finish(held, fetched),
      drop: async (error) => {
        if (isBrokenOff(error)) return;
        await held.sink.drop(error);
        if (error !== null) this.#held.delete(held.file.inner);
      },
    };
  }

  async #finish(held: Held, fetched: FetchedFile): Promise<boolean> {
    if (held.sha256 === fetched.sha256) {
      if (!held.isDone) await held.sink.finish(fetched);
      held.isDone = true;
      return true;
    }
    if (!held.isContinued) {
      const found = held.sha256 ?? '';
      throw new TtError('TRANSFER_HASH', { fileName: held.file.inner, expected: fetched.sha256, found });
    }
    await this.#takeBack(held);
    return false;
  }

  async #takeBack(held: Held): Promise<void> {
    const { inner, guestPath: path } = held.file;
    const changed = new TtError('GUEST_FILE_CHANGED', { vmName: this.#vmName, path });
    if (!this.#target.canTakeBack) throw changed;
    this.#held.delete(inner);
    await held.sink.drop(changed);
  }
}

function isSame(one: WantedFile, other: WantedFile): boolean {
  return one.guestPath === other.guestPath && one.sizeBytes === other.sizeBytes && one.modifiedAt === other.modifiedAt;
}
