// The record of a warm image: a VM of it that was booted and saved while it ran, from which new VMs wake instead of booting.
import type { Acceleration } from '../engines/interface.ts';
import type { VmRecord } from '../state/vm-record.ts';

export interface WarmRecord {
  imageName: string;
  /** Of the image's files when it was made: see `image-version.ts`. */
  imageVersion: string;
  /**
   * The VM that was booted, in no ENV and not in the inventory: its id names its folder of the storage, its spec and its MACs are
   * what its guest woke up with. Nothing of it runs once it is `ready`.
   */
  vm: VmRecord;
  /** Of its saved state. */
  tag: string;
  /** `making` and `deleting` survive a crash only to be removed at the next start. */
  phase: 'making' | 'ready' | 'deleting';
  /** What the guest was saved with: another processor could not continue it. */
  acceleration: Acceleration['kind'] | null;
  /** Made by the agent itself, which removes it when other images are used more. */
  isAutomatic: boolean;
  /** What disk and memory take on the host; 0 until it is ready. */
  sizeBytes: number;
  /** ISO 8601. */
  madeAt: string;
  lastUsedAt: string | null;
  /** VMs that were woken from it. */
  useCount: number;
}
