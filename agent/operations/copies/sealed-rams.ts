// The RAM that many copies of one state begin in, held once in the host's memory while they are made, for an engine that needs a file of
// its own for each otherwise: a sealed copy takes the place of as many copies on the disk (decision 0128). It is counted like a VM's memory.
import { ownersOf } from '../../access/owners.ts';
import type { SealedRam } from '../../snapshots/ram-of-copies.ts';
import { claimMemory } from '../capacity/capacity.ts';
import type { Services } from '../services.ts';
import type { Copy } from './copy-reserve.ts';

/** Fewer copies on the disk take about as long, and none of the host's memory. */
const FEWEST = 4;
const MIB = 1024 * 1024;
/** Must be left of what is available now: the host has other work, and guests grow. */
const SPARE_BYTES = 512 * MIB;

interface Sealing {
  ram: Promise<SealedRam | null>;
  unclaim: () => void;
}

/** Those of one call; closed when all copies run, whose processes keep what they have mapped. */
export class SealedRams implements AsyncDisposable {
  readonly #services: Services;
  /** By the id of the VM that is copied. */
  readonly #sealing = new Map<string, Sealing>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Begins for each VM of which there are enough copies, if that is any use and fits; otherwise each copy gets a file as ever. */
  async begin(copies: readonly Copy[], tag: string, signal: AbortSignal): Promise<void> {
    if (this.#services.storage.copiesShareBlocks) return;
    for (const [vmId, group] of Map.groupBy(copies, ({ source }) => source.vm.id)) {
      const [first] = group;
      if (first?.source.hasRam && group.length >= FEWEST) await this.#begin(vmId, first, tag, signal);
    }
  }

  /** Whether one was begun, for copies of this VM. */
  has(vmId: string): boolean {
    return this.#sealing.has(vmId);
  }

  /** Waits until it is sealed; null: its copies have a file each, or get one because this has failed. */
  async of(vmId: string): Promise<SealedRam | null> {
    return (await this.#sealing.get(vmId)?.ram) ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { ram, unclaim } of this.#sealing.values()) {
      await (await ram)?.close();
      unclaim();
    }
    this.#sealing.clear();
  }

  async #begin(vmId: string, { vmId: copyId, source: { vm } }: Copy, tag: string, signal: AbortSignal): Promise<void> {
    const { engines, inventory, logger, snapshots } = this.#services;
    if (engines.forVm(vm).sharesMemory) return;
    const bytes = await snapshots.ramOfCopies.sealableBytes(vmId, tag);
    if (bytes === null || process.availableMemory() < bytes + SPARE_BYTES) return;
    const accounts = ownersOf(inventory.env(inventory.vm(copyId).envName));
    // From here on without a wait: what fits now is claimed.
    const unclaim = claimMemory(this.#services, accounts, Math.ceil(bytes / MIB));
    if (!unclaim) return;
    const ram = snapshots.ramOfCopies.seal(vmId, tag, signal).catch((error: unknown) => {
      if (!signal.aborted)
        logger.info({ err: error, vmId }, 'memory can’t be sealed here; each copy gets a file of it');
      return null;
    });
    this.#sealing.set(vmId, { ram, unclaim });
  }
}
