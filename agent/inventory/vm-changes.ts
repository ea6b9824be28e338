// Changes of many VMs that are made at about the same time, each by whoever starts one: written down together, because each
// transaction waits for the disk once. Who makes a change waits until it is on the disk, as with a transaction of its own.
import type { VmRecord, VmRecordChange } from '../state/vm-record.ts';
import type { Inventory } from './inventory.ts';

/** Changes in one transaction, at most. */
const MOST = 64;
/** The longest time a change waits for others. */
const WAIT_MS = 10;

export interface VmChange {
  id: string;
  change: VmRecordChange;
}

interface Waiting extends VmChange {
  resolve: (record: VmRecord) => void;
  reject: (error: unknown) => void;
}

export class VmChanges {
  readonly #inventory: Pick<Inventory, 'updateVm' | 'updateVms'>;
  readonly #waitMs: number;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(inventory: Pick<Inventory, 'updateVm' | 'updateVms'>, waitMs = WAIT_MS) {
    this.#inventory = inventory;
    this.#waitMs = waitMs;
  }

  /** The new record, once it is on the disk. Rejects as `Inventory.updateVm` throws. */
  update(id: string, change: VmRecordChange): Promise<VmRecord> {
    const { promise, resolve, reject } = Promise.withResolvers<VmRecord>();
    this.#waiting.push({ id, change, resolve, reject });
    if (this.#waiting.length >= MOST) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#waitMs);
    return promise;
  }

  /** Writes down what waits, now. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) return;
    let records: readonly VmRecord[];
    try {
      records = this.#inventory.updateVms(waiting);
    } catch {
      // Nothing was written. One that is refused must not take the others with it.
      for (const one of waiting) this.#writeAlone(one);
      return;
    }
    for (const [index, { resolve }] of waiting.entries()) resolve(records[index] as VmRecord);
  }

  #writeAlone({ id, change, resolve, reject }: Waiting): void {
    try {
      resolve(this.#inventory.updateVm(id, change));
    } catch (error) {
      reject(error);
    }
  }
}
