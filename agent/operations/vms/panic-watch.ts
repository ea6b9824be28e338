// Sees which running guests have panicked, and records it: such a guest runs, and answers nobody until it is reset or reverted.
import { EngineError } from '../../engines/errors.ts';
import type { RunningVm } from '../../engines/interface.ts';
import { mapLimit } from '../../host/map-limit.ts';
import { readinessOf } from '../../inventory/guest-readiness.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { VmRecord } from '../../state/vm-record.ts';

/** Of each look; a host with more takes several for all. */
const MOST_LOOKED_AT = 64;
const LOOK_WIDTH = 16;

type Panicking = Pick<RunningVm, 'hasPanicked'>;

export interface PanicParts {
  inventory: Pick<Inventory, 'vms' | 'findVm' | 'updateVm'>;
  running: { get(vmId: string): Panicking | null };
  now: () => Date;
}

export class PanicWatch {
  readonly #parts: PanicParts;
  #next = 0;

  constructor(parts: PanicParts) {
    this.#parts = parts;
  }

  /** Called every few seconds, one round at a time. */
  async look(): Promise<void> {
    const vms = this.#parts.inventory.vms().filter(({ status }) => status.state === 'running');
    const first = this.#next < vms.length ? this.#next : 0;
    const some = [...vms.slice(first), ...vms.slice(0, first)].slice(0, MOST_LOOKED_AT);
    this.#next = first + some.length;
    await mapLimit(some, LOOK_WIDTH, (vm) => this.#lookAt(vm));
  }

  async #lookAt(vm: VmRecord): Promise<void> {
    const { inventory, running, now } = this.#parts;
    const handle = running.get(vm.id);
    const hasPanicked = handle && (await unlessGone(handle));
    const current = inventory.findVm(vm.id);
    const isSameRun = current?.status.runningSince === vm.status.runningSince && running.get(vm.id) === handle;
    if (!current || hasPanicked === null || !isSameRun) return;
    const known = readinessOf(current);
    // Followers do not get what they already know.
    if (hasPanicked === (known.panickedAt !== null)) return;
    const panickedAt = hasPanicked ? now().toISOString() : null;
    inventory.updateVm(vm.id, { guest: { readiness: { ...known, panickedAt } } });
  }
}

/** null: its process has just ended, and its files with it. */
async function unlessGone(handle: Panicking): Promise<boolean | null> {
  try {
    return await handle.hasPanicked();
  } catch (error) {
    if (error instanceof EngineError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
