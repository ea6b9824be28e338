// Files of a guest on their way to this computer, one fetch at a time. It goes on when its page is left.
import { type FetchPlan, fetchGuestFiles, findNamed, isBrokenOff, planFetch } from '@tt/client';
import { type GuestEntryView, toErrorRecord, type Vm } from '@tt/protocol';
import { action, makeObservable, observable, observableRef } from 'mobx';
import { asTtError, type OperationStore } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { translate } from '../i18n/index.ts';
import type { ToastStore } from '../state/toast-store.ts';
import { shortVmName } from '../state/vm-name.ts';
import { HeldTarget } from './held-target.ts';
import { chooseTarget, type SaveTarget } from './save-target.ts';

export interface Fetch {
  vmId: string;
  done: number;
  /** Bytes; null until the guest has listed everything. */
  total: number | null;
}

export class FetchStore {
  /** null while nothing is fetched. */
  current: Fetch | null = null;
  isCancelling = false;
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;
  readonly #toasts: ToastStore;
  #abort = new AbortController();
  /** Of a fetch that was broken off, until somebody goes on with it or begins another. */
  #held: HeldTarget | null = null;
  #operationId: string | null = null;

  constructor(bridge: Bridge, operations: OperationStore, toasts: ToastStore) {
    this.#bridge = bridge;
    this.#operations = operations;
    this.#toasts = toasts;
    makeObservable(this, { current: observableRef, isCancelling: observable });
  }

  /** Asks where to, by a click or a key; says how it ended. */
  async get(vm: Vm, entries: readonly GuestEntryView[]): Promise<void> {
    if (this.current) return;
    const [only] = entries;
    const onlyFile = entries.length === 1 && only?.kind === 'file' ? nameOf(only.path) : null;
    try {
      const mayPick = this.#bridge.kind === 'browser';
      const target = await chooseTarget({ vm: shortVmName(vm.name), onlyFile, mayPick });
      if (target) await this.fetch(vm, entries, target);
    } catch (error) {
      this.#toasts.fail(translate('guestFiles.notGot', { vm: shortVmName(vm.name) }), asTtError(error));
    }
  }

  async fetch(vm: Vm, entries: readonly GuestEntryView[], target: SaveTarget): Promise<void> {
    void this.#held?.giveUp();
    this.#held = new HeldTarget(target, vm.name);
    await this.#goOn(vm, entries, this.#held);
  }

  /** From the beginning, or from where an earlier attempt with this target was broken off. */
  async #goOn(vm: Vm, entries: readonly GuestEntryView[], target: HeldTarget): Promise<void> {
    if (this.current || this.#held !== target) return;
    this.#abort = new AbortController();
    this.#show({ vmId: vm.id, done: target.heldBytes, total: null });
    try {
      const plan = await this.#fetchInto(vm, entries, target);
      this.#held = null;
      const values = { count: plan.files.length, name: target.name };
      this.#toasts.say(translate('guestFiles.got', values));
      if (plan.leftOut.length > 0) {
        this.#toasts.say(translate('guestFiles.leftOut', { count: plan.leftOut.length }), {
          tone: 'info',
          seconds: 10,
        });
      }
    } catch (error) {
      await this.#tell(vm, entries, target, error);
    } finally {
      this.#show(null);
    }
  }

  readonly cancel = action((): void => {
    if (!this.current || this.isCancelling) return;
    this.isCancelling = true;
    this.#abort.abort();
    if (this.#operationId !== null) void this.#operations.cancel(this.#operationId);
  });

  async #fetchInto(vm: Vm, entries: readonly GuestEntryView[], target: HeldTarget): Promise<FetchPlan> {
    const { client } = this.#bridge;
    const { signal } = this.#abort;
    const found = await findNamed(client, entries, { vm, more: {}, signal });
    const plan = planFetch(vm.name, found, { isWindows: navigator.userAgent.includes('Windows') });
    const total = plan.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    await target.prepare(plan);
    this.#show({ vmId: vm.id, done: target.heldBytes, total });
    const onProgress = (bytes: number) => {
      const { done } = this.current ?? { done: 0 };
      this.#show({ vmId: vm.id, done: done + bytes, total });
    };
    const subject = { vmId: vm.id, vmName: shortVmName(vm.name), envName: vm.envName };
    await fetchGuestFiles(
      this.#bridge,
      { vmId: vm.id, files: plan.files, more: {}, signal, onProgress },
      target,
      async (input) => {
        const outcome = await this.#operations.run('guestFile.get', subject, (operationId) => {
          this.#operationId = operationId;
          return client.guestFile.get({ operationId, ...input });
        });
        this.#operationId = null;
        if (!outcome.ok) throw outcome.error;
        return outcome.value;
      },
    );
    await target.finish();
    return plan;
  }

  async #tell(vm: Vm, entries: readonly GuestEntryView[], target: HeldTarget, error: unknown): Promise<void> {
    const name = shortVmName(vm.name);
    const isCancelled = this.#abort.signal.aborted;
    if (!isCancelled && isBrokenOff(asTtError(error)) && target.heldBytes > 0) {
      const goOn = { label: translate('guestFiles.goOn'), run: () => void this.#goOn(vm, entries, target) };
      this.#toasts.fail(translate('guestFiles.brokenOff', { vm: name }), toErrorRecord(asTtError(error)), goOn);
      return;
    }
    this.#held = null;
    await target.giveUp();
    if (isCancelled) {
      this.#toasts.say(translate('guestFiles.getCancelled', { vm: name }), { tone: 'info' });
      return;
    }
    const again = { label: translate('common.tryAgain'), run: () => void this.get(vm, entries) };
    this.#toasts.fail(translate('guestFiles.notGot', { vm: name }), toErrorRecord(asTtError(error)), again);
  }

  readonly #show = action((fetch: Fetch | null) => {
    this.current = fetch;
    if (!fetch) this.isCancelling = false;
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
