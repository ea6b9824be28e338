// One fetched file until it is whole: a part beside it, which is kept when the fetch is broken off and continued by the next one. What
// was there before is believed only when the hash of the whole is that of the guest's file.
import { createHash, randomUUID, type Hash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, type FileHandle, link, open, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { checkArrived, type FileSink, isBrokenOff, type WantedFile } from '@tt/client';
import { asFileProblem } from '@tt/client/node';
import { type FetchedFile, reason, TtError } from '@tt/protocol';
import { entryAt } from './entry-at.ts';

/** The names of one part: `kept` while nobody writes it, `own` of this process. */
export class PartNames {
  readonly kept: string;
  readonly own: string;

  /** Of another size or time, a file of the guest is another file. */
  constructor(file: string, vmId: string, { guestPath, sizeBytes, modifiedAt }: WantedFile) {
    const facts = JSON.stringify([vmId, guestPath, sizeBytes, modifiedAt, path.basename(file)]);
    const key = createHash('sha256').update(facts).digest('hex').slice(0, 32);
    const folder = path.dirname(file);
    this.kept = path.join(folder, `.tt-${key}.part`);
    this.own = path.join(folder, `.tt-${key}-${randomUUID()}.part`);
  }

  /** Takes what an earlier attempt has left, so that no other one continues it too. Returns its bytes; 0 where there is nothing. */
  async claim(mostBytes: number): Promise<number> {
    const there = await entryAt(this.kept);
    // What somebody else has put there is not ours to write into.
    if (!there?.isFile() || there.nlink !== 1 || there.size === 0 || !isOurs(there.uid)) return 0;
    try {
      await rename(this.kept, this.own);
      // One that was whole has the mode of the guest's file.
      await chmod(this.own, 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
      throw asFileProblem(error);
    }
    if (there.size <= mostBytes) return there.size;
    await rm(this.own, { force: true });
    return 0;
  }
}

export interface PartRequest {
  haveBytes: number;
  /** Of the guest’s file. */
  mode: number;
  force: boolean;
  onKept: () => void;
}

export class FetchedPart implements FileSink {
  readonly #handle: FileHandle;
  readonly #file: string;
  readonly #names: PartNames;
  readonly #request: PartRequest;
  readonly #hash: Hash;
  #bytes: number;
  #hasName = false;
  #isKept = true;

  private constructor(handle: FileHandle, file: string, names: PartNames, request: PartRequest, hash: Hash) {
    this.#handle = handle;
    this.#file = file;
    this.#names = names;
    this.#request = request;
    this.#hash = hash;
    this.#bytes = request.haveBytes;
  }

  /** Continues what was claimed, or begins a new part. */
  static async open(file: string, names: PartNames, request: PartRequest): Promise<FetchedPart> {
    const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const isNew = request.haveBytes === 0;
    const hash = createHash('sha256');
    try {
      if (!isNew) for await (const piece of createReadStream(names.own)) hash.update(piece as Buffer);
      const flags = O_WRONLY | (isNew ? O_CREAT | O_EXCL : O_APPEND | O_NOFOLLOW);
      return new FetchedPart(await open(names.own, flags, 0o600), file, names, request, hash);
    } catch (error) {
      throw asFileProblem(error);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    await this.#handle.writeFile(bytes).catch((error: NodeJS.ErrnoException) => {
      // A failed write does not name its file.
      throw asFileProblem(Object.assign(error, { path: this.#file }));
    });
    this.#bytes += bytes.length;
  }

  /** Its bytes are not flushed: as with any copy, whoever needs that says `sync`. */
  async close(): Promise<void> {
    // Never more than the user’s mask allows, and no set-uid bits of a guest.
    await this.#handle.chmod(this.#request.mode & 0o777 & ~process.umask());
    await this.#handle.close();
  }

  /** Throws TRANSFER_HASH, or FILE_UNUSABLE if something stands there meanwhile. */
  async finish({ sha256 }: Pick<FetchedFile, 'sha256'>): Promise<boolean> {
    const found = this.#hash.copy().digest('hex');
    if (found !== sha256) {
      this.#isKept = false;
      if (this.#request.haveBytes === 0) checkArrived({ fileName: this.#file, sha256 }, found);
      return false;
    }
    await this.#takeName();
    this.#hasName = true;
    return true;
  }

  /** Of what was broken off the part is kept; of all else nothing. */
  async drop(why: unknown): Promise<void> {
    await this.#handle.close().catch(() => {});
    if (this.#hasName) return;
    if (!isBrokenOff(why) || !this.#isKept || this.#bytes === 0) return rm(this.#names.own, { force: true });
    await rename(this.#names.own, this.#names.kept).catch(asProblem);
    this.#request.onKept();
  }

  async #takeName(): Promise<void> {
    const { own } = this.#names;
    if (this.#request.force) return rename(own, this.#file).catch(asProblem);
    try {
      await link(own, this.#file);
      await unlink(own);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw inTheWay(this.#file);
      // A file system without hard links.
      if (await entryAt(this.#file)) throw inTheWay(this.#file);
      await rename(own, this.#file).catch(asProblem);
    }
  }
}

/** A file that stands there and may be the same: nothing is written. */
export class SameFile implements FileSink {
  readonly #file: string;
  readonly #request: { force: boolean; onOther: () => void };

  constructor(file: string, request: { force: boolean; onOther: () => void }) {
    this.#file = file;
    this.#request = request;
  }

  async write(): Promise<void> {
    throw new RangeError('nothing of a file was asked for that is there');
  }

  async close(): Promise<void> {}

  /** Throws FILE_UNUSABLE for another file, which may not be overwritten. */
  async finish({ sha256 }: Pick<FetchedFile, 'sha256'>): Promise<boolean> {
    const hash = createHash('sha256');
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);
    try {
      await using handle = await open(this.#file, flags);
      for await (const piece of handle.createReadStream({ autoClose: false })) hash.update(piece as Buffer);
    } catch (error) {
      throw asFileProblem(error);
    }
    if (hash.digest('hex') === sha256) return true;
    if (!this.#request.force) throw inTheWay(this.#file);
    this.#request.onOther();
    return false;
  }

  async drop(): Promise<void> {}
}

/** Windows has no owners that numbers name. */
function isOurs(uid: number): boolean {
  return process.getuid === undefined || uid === process.getuid();
}

function inTheWay(file: string): TtError {
  return new TtError('FILE_UNUSABLE', { file, reason: reason('exists') });
}

function asProblem(error: unknown): never {
  throw asFileProblem(error);
}
