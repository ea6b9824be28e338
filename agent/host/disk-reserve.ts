// Disk space reserved for the moment when the disk is full: files of real bytes, released one at a time, so that operations
// which stop and delete machines can still record what they did.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDiskFull } from './disk-full.ts';
import { freeBytesBelow } from './file-system-space.ts';

const MIB = 1024 * 1024;
/** What an operation that frees space may need before it has freed any. */
const ROOM_BYTES = MIB / 2;

export interface DiskReserveOptions {
  /** Of one file; default 1 MiB. */
  partBytes?: number;
  /** How many files; default 8. */
  parts?: number;
  /** Stays free when a part is made again; default 16 MiB. */
  spareBytes?: number;
}

/** Everything here is synchronous, because SQLite is, and nothing else must run in between. */
export class DiskReserve {
  readonly #folder: string;
  readonly #partBytes: number;
  readonly #parts: number;
  readonly #spareBytes: number;

  /** `folder` is the reserve's own; it is made when needed. */
  constructor(folder: string, { partBytes = MIB, parts = 8, spareBytes = 16 * MIB }: DiskReserveOptions = {}) {
    this.#folder = folder;
    this.#partBytes = partBytes;
    this.#parts = parts;
    this.#spareBytes = spareBytes;
  }

  /** Bytes reserved now. */
  get heldBytes(): number {
    return this.#held().length * this.#partBytes;
  }

  /** Releases one part to the file system. False if nothing is left. */
  release(): boolean {
    const part = this.#held().at(-1);
    if (part === undefined) return false;
    const file = path.join(this.#folder, part);
    // Some file systems free the blocks of a removed file later, but those of a shortened one at once.
    truncateSync(file, 0);
    rmSync(file);
    return true;
  }

  /** Releases as much as is needed to write a little; nothing if there is space. */
  makeRoom(): void {
    if (freeBytesBelow(path.dirname(this.#folder)) >= ROOM_BYTES) return;
    // What ext4 keeps for root is not in that number, so the rest is found out by writing.
    while (this.heldBytes > 0 && !this.#hasRoom()) this.release();
  }

  #hasRoom(): boolean {
    return writesWhole(path.join(this.#folder, 'room'), ROOM_BYTES, (file) => rmSync(file));
  }

  /** Recreates released parts, as far as there is space. Called periodically. */
  restore(): void {
    const held = new Set(this.#held());
    if (held.size >= this.#parts) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (let number = 0; number < this.#parts; number++) {
      const name = `part-${number}`;
      if (!held.has(name) && !this.#make(name)) return;
    }
  }

  #make(name: string): boolean {
    if (freeBytesBelow(this.#folder) < this.#partBytes + this.#spareBytes) return false;
    const file = path.join(this.#folder, name);
    return writesWhole(`${file}.new`, this.#partBytes, (made) => renameSync(made, file));
  }

  #held(): string[] {
    try {
      return readdirSync(this.#folder).filter((name) => /^part-\d+$/.test(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

/** False when there is no room for it; then nothing of it is left. */
function writesWhole(file: string, bytes: number, then: (file: string) => void): boolean {
  try {
    // Random, so that no file system compresses it away.
    writeFileSync(file, randomBytes(bytes), { mode: 0o600 });
    then(file);
    return true;
  } catch (error) {
    rmSync(file, { force: true });
    if (isDiskFull(error)) return false;
    throw error;
  }
}
