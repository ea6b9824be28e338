// How much of the disk a user can still write: what remains of the owner's quota and of the disk, less one reserve that all
// writers leave to the guests. Checked before every write that grows, which is limited to the result while it runs.
import type { TtError } from '@tt/protocol';
import { diskFullError } from './disk-full-error.ts';
import type { Storage } from './interface.ts';

const MIB = 1024 * 1024;
/** Always left free, for running guests. */
const RESERVE_BYTES = 256 * MIB;
/** Of a small disk, only such a share. */
const RESERVE_SHARE = 1 / 50;

export interface DiskBudgetParts {
  storage: Pick<Storage, 'space'>;
  /** Bytes left of a user's quota; infinite without one. */
  quotaLeftBytes: (owner: string) => number;
  /** Throws QUOTA_EXCEEDED when so many more bytes are too many for this user. */
  admit: (owner: string, bytes: number) => void;
}

/** The most a write may make, and the error for one that would make more. */
export interface WriteLimit {
  maxBytes(): Promise<number>;
  refusal(): Promise<unknown>;
}

export class DiskBudget {
  readonly #parts: DiskBudgetParts;

  constructor(parts: DiskBudgetParts) {
    this.#parts = parts;
  }

  /** Free bytes less the reserve; never negative. */
  async usableBytes(): Promise<number> {
    const { freeBytes, totalBytes } = await this.#parts.storage.space();
    return Math.max(0, freeBytes - Math.min(RESERVE_BYTES, totalBytes * RESERVE_SHARE));
  }

  /** Throws QUOTA_EXCEEDED or DISK_FULL when so many more bytes are too many; `owner` null: the host's own. */
  async need(owner: string | null, subject: string, bytes: number): Promise<void> {
    if (owner !== null && bytes > 0) this.#parts.admit(owner, bytes);
    const usable = await this.usableBytes();
    if (usable < bytes) throw diskFullError(subject, usable, bytes);
  }

  /** For one write whose size is not known in advance. */
  limitFor(owner: string | null, subject: string): WriteLimit {
    const left = () => (owner === null ? Number.POSITIVE_INFINITY : this.#parts.quotaLeftBytes(owner));
    return {
      maxBytes: async () => Math.max(0, Math.floor(Math.min(left(), await this.usableBytes()))),
      refusal: async () => {
        const usable = await this.usableBytes();
        if (left() >= usable || owner === null) return diskFullError(subject, usable);
        return this.#overQuota(owner, left() + 1) ?? diskFullError(subject, usable);
      },
    };
  }

  #overQuota(owner: string, bytes: number): TtError | null {
    try {
      this.#parts.admit(owner, bytes);
      return null;
    } catch (error) {
      return error as TtError;
    }
  }
}
