// The RAM of saved states for the VMs that are made in them: what it takes, and how each gets it: a file of its own, a name of one file
// that all of them read (decision 0079), or one copy for all that is sealed in the host's memory (decision 0128). Part of `VmSnapshots`.
import { randomUUID } from 'node:crypto';
import type { StateSource } from '../engines/interface.ts';
import { copyPlain, openPlainOrShared, pathOf } from '../host/plain-file.ts';
import { sealedCopy } from '../host/sealed-copy.ts';
import { isSharedFile } from '../host/shared-file.ts';
import type { SealedMemory } from '../state/vm-record.ts';
import type { Storage } from '../storage/interface.ts';
import { findRamFile, mostRamBytes, type RamFile, ramFileOf, shareRamFile } from './ram-files.ts';

const MIB = 1024 * 1024;

export interface CopyRamOptions {
  signal: AbortSignal;
  /** The engine can start VMs from one flat file that they may only read (`Engine.sharesMemory`). */
  sharesMemory: boolean;
}

/** See {@link RamOfCopies.seal}. */
export interface SealedRam {
  memory: SealedMemory;
  /** To start VMs in it, until it is closed. */
  source: StateSource;
  close(): Promise<void>;
}

export class RamOfCopies {
  readonly #storage: Pick<Storage, 'folderOf' | 'copiesShareBlocks'>;
  /** RAM files that are being given to more VMs: when the last one of them is. */
  readonly #sharing = new Map<string, Promise<void>>();

  constructor(storage: Pick<Storage, 'folderOf' | 'copiesShareBlocks'>) {
    this.#storage = storage;
  }

  /**
   * Bytes that giving the RAM of a saved state to more VMs may write at most: for each of them, and once for all of them ({@link clone} has
   * `sharesMemory`). Where there are no links it is copied for each all the same. A copy that shares its blocks takes nothing: RAM files
   * are read to wake a VM, and never written.
   */
  async writtenBytes(
    { vmId, tag, memoryMiB }: { vmId: string; tag: string; memoryMiB: number },
    sharesMemory: boolean,
  ): Promise<{ eachBytes: number; onceBytes: number }> {
    const source = await this.#find(vmId, tag);
    const bytes = source && !this.#storage.copiesShareBlocks ? mostRamBytes(memoryMiB) : 0;
    if (!source || !sharesMemory || source.format !== 'flat') return { eachBytes: bytes, onceBytes: 0 };
    return { eachBytes: 0, onceBytes: (await isSharedFile(source.path)) ? 0 : bytes };
  }

  /**
   * Gives the RAM of a saved state, if it has some in a file, to another VM under the same tag. It is not flushed: it is read once, to wake
   * the copy. With `sharesMemory` it is the same file for all, where the file system has links.
   */
  async clone(fromVmId: string, tag: string, toVmId: string, options: CopyRamOptions): Promise<void> {
    const source = await this.#find(fromVmId, tag);
    if (source) await this.cloneFile(source, tag, this.#storage.folderOf(toVmId), options);
  }

  /** {@link clone}, of a file that the caller has found, into the folder that is another VM’s or will be. */
  async cloneFile(
    { path: source, format }: RamFile,
    tag: string,
    folder: string,
    { signal, sharesMemory }: CopyRamOptions,
  ): Promise<void> {
    const target = ramFileOf(folder, tag, format);
    const isShared = sharesMemory && format === 'flat';
    if (isShared && (await this.#share(source, target, signal))) return;
    await copyPlain(source, target, signal);
  }

  /** What {@link seal} would take of the host's memory; null: its RAM is not in a file that VMs can map. */
  async sealableBytes(vmId: string, tag: string): Promise<number | null> {
    const source = await this.#find(vmId, tag);
    return source?.format === 'flat' ? source.bytes : null;
  }

  /**
   * The RAM of a saved state, sealed in the host's memory: VMs of any user begin in it together, none can change it, and it is there until
   * the process of the last one ends. Rejects as `sealedCopy`.
   */
  async seal(vmId: string, tag: string, signal: AbortSignal): Promise<SealedRam> {
    const ramFile = ramFileOf(this.#storage.folderOf(vmId), tag, 'flat');
    await using from = await openPlainOrShared(ramFile);
    const file = await sealedCopy(from, signal);
    const { blocks } = await file.stat();
    return {
      memory: { id: randomUUID(), memoryMiB: Math.ceil((blocks * 512) / MIB) },
      source: { tag, ramFile: pathOf(file), format: 'flat', sealedFd: file.fd },
      close: () => file.close(),
    };
  }

  /** One after the other, as the first makes the file what all can read. */
  async #share(source: string, target: string, signal: AbortSignal): Promise<boolean> {
    const before = this.#sharing.get(source) ?? Promise.resolve();
    const sharing = before.then(() => shareRamFile(source, target, signal));
    const settled = sharing.then(
      () => {},
      () => {},
    );
    this.#sharing.set(source, settled);
    try {
      return await sharing;
    } finally {
      if (this.#sharing.get(source) === settled) this.#sharing.delete(source);
    }
  }

  #find(vmId: string, tag: string): Promise<RamFile | null> {
    return findRamFile(this.#storage.folderOf(vmId), tag);
  }
}
