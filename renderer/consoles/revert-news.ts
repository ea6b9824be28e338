// Says that somebody else has reverted machines whose consoles are open here: their pictures change without a word. Once for each revert,
// however many consoles it concerns.
import { translate } from '../i18n/index.ts';
import type { VmStore } from '../machines/vm-store.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import type { ToastStore } from '../state/toast-store.ts';
import { shortVmName } from '../state/vm-name.ts';

const SECONDS = 15;
/** More are counted. */
const MOST_NAMES = 3;

interface Uses {
  snapshots: SnapshotStore;
  toasts: ToastStore;
  vms: VmStore;
}

export class RevertNews {
  readonly #stores: Uses;
  /** How many consoles of each machine are open, by VM id. */
  readonly #open = new Map<string, number>();
  #unlisten: (() => void) | null = null;

  constructor(stores: Uses) {
    this.#stores = stores;
  }

  /** A console of this machine is open, until the answer is called. */
  watch(vmId: string): () => void {
    this.#open.set(vmId, (this.#open.get(vmId) ?? 0) + 1);
    this.#unlisten ??= this.#stores.snapshots.onRevertedByOthers((vmIds, snapshot, by) =>
      this.#say(
        vmIds.filter((id) => this.#open.has(id)),
        snapshot,
        by,
      ),
    );
    return () => this.#leave(vmId);
  }

  #leave(vmId: string): void {
    const left = (this.#open.get(vmId) ?? 0) - 1;
    if (left > 0) this.#open.set(vmId, left);
    else this.#open.delete(vmId);
    if (this.#open.size > 0) return;
    this.#unlisten?.();
    this.#unlisten = null;
  }

  #say(vmIds: readonly string[], snapshot: string, by: string): void {
    if (vmIds.length === 0) return;
    const { toasts, vms } = this.#stores;
    const names = vmIds.map((id) => shortVmName(vms.get(id)?.name ?? id));
    const vm =
      names.length > MOST_NAMES
        ? translate('wall.machines', { count: names.length })
        : names.join(translate('consoles.nameSeparator'));
    toasts.say(translate('consoles.revertedBy', { name: by, vm, snapshot }), { tone: 'info', seconds: SECONDS });
  }
}
