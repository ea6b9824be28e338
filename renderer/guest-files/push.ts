// One push: files go to the agent once and from there into each guest. Those that fail are tried again with what the agent still has.
import { FilesInRow, inCalls, uploadFile } from '@tt/client';
import { type ErrorRecord, reason, toErrorRecord, TtError } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef, runInAction } from 'mobx';
import { asTtError, type OperationStore } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { type LocalFile, type LocalTree, sizeOf } from './local-tree.ts';

export interface PushVm {
  vmId: string;
  vmName: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  doneBytes: number;
  failure: ErrorRecord | null;
}

/** As much as one call can hold. */
interface Batch {
  files: readonly LocalFile[];
  folders: readonly string[];
  row: FilesInRow;
  /** Of its upload, which the agent keeps until every guest has it. */
  transferId: string | null;
}

/** The browser does not tell the mode of a file. */
const MODE = 0o644;

export interface PushSpec {
  /** Of the machine or the ENV, to be shown. */
  name: string;
  envName: string;
  vms: readonly { id: string; name: string }[];
  folder: string;
  tree: LocalTree;
}

export class Push {
  readonly id = crypto.randomUUID();
  readonly name: string;
  readonly envName: string;
  readonly folder: string;
  readonly fileCount: number;
  readonly totalBytes: number;
  phase: 'sending' | 'putting' | 'ended' = 'sending';
  /** Of those that have to be sent now. */
  sent = { done: 0, total: 0 };
  isCancelling = false;
  /** Of the call that is putting a batch into guests. */
  operationId: string | null = null;
  readonly #vms = observable.map<string, PushVm>({}, { deep: false });
  /** The first batch that a guest has not got. */
  readonly #next = new Map<string, number>();
  readonly #batches: readonly Batch[];
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;
  #abort = new AbortController();

  constructor({ name, envName, vms, folder, tree }: PushSpec, bridge: Bridge, operations: OperationStore) {
    this.name = name;
    this.envName = envName;
    this.folder = folder;
    this.fileCount = tree.files.length;
    this.totalBytes = sizeOf(tree);
    this.#batches = batchesOf(tree);
    this.#bridge = bridge;
    this.#operations = operations;
    for (const { id: vmId, name: vmName } of vms) {
      this.#vms.set(vmId, { vmId, vmName, state: 'waiting', doneBytes: 0, failure: null });
      this.#next.set(vmId, 0);
    }
    makeObservable(this, {
      phase: observable,
      sent: observableRef,
      isCancelling: observable,
      operationId: observable,
      rows: computed,
      failed: computed,
      conflicts: computed,
      retry: action,
    });
  }

  /** Of each guest, as it is now. */
  get rows(): PushVm[] {
    const operation = this.phase === 'putting' ? this.#operations.items.get(this.operationId ?? '') : undefined;
    const parts = new Map(operation?.parts?.map((part) => [part.vmId, part]));
    return [...this.#vms.values()].map((vm) => {
      const part = vm.state === 'running' ? parts.get(vm.vmId) : undefined;
      if (!part) return vm;
      // One that has this batch is done when it has the others.
      const isOver = part.state === 'done' && this.#next.get(vm.vmId) === this.#batches.length - 1;
      const state = part.state === 'done' && !isOver ? 'running' : part.state;
      return { ...vm, state, doneBytes: vm.doneBytes + part.done };
    });
  }

  get failed(): PushVm[] {
    return this.rows.filter(({ state }) => state === 'failed');
  }

  /** Guests that have a file with other content. */
  get conflicts(): PushVm[] {
    return this.failed.filter(({ failure }) => failure?.code === 'GUEST_FILE_EXISTS');
  }

  /** Resolves when it has ended, however it did. */
  async run({ overwrites = false } = {}): Promise<void> {
    this.#abort = new AbortController();
    try {
      for (const [index, batch] of this.#batches.entries()) {
        const vmIds = this.#waitingFor(index);
        if (vmIds.length === 0) continue;
        await this.#send(batch);
        await this.#put(batch, vmIds, overwrites);
      }
    } catch (error) {
      this.#endAll(this.#abort.signal.aborted ? cancelled() : asTtError(error));
    }
    runInAction(() => {
      this.phase = 'ended';
      this.isCancelling = false;
    });
  }

  /** Of some of those that have failed; what the agent has is not sent again. `overwrites`: files with other content. */
  retry(vmIds: readonly string[], { overwrites = false } = {}): Promise<void> {
    for (const vmId of vmIds) this.#change(vmId, { state: 'waiting', failure: null });
    this.phase = 'sending';
    this.sent = { done: 0, total: 0 };
    return this.run({ overwrites });
  }

  readonly cancel = action((): void => {
    if (this.phase === 'ended' || this.isCancelling) return;
    this.isCancelling = true;
    if (this.operationId === null) this.#abort.abort();
    else void this.#operations.cancel(this.operationId);
  });

  /** Nothing of it is tried again: what the agent keeps goes. */
  async discard(): Promise<void> {
    for (const { transferId } of this.#batches) {
      if (transferId === null) continue;
      // Used up, or swept.
      await this.#bridge.client.transfer.drop({ transferId }).catch(() => null);
    }
  }

  #waitingFor(index: number): string[] {
    const isWaiting = ({ vmId, state }: PushVm) => state === 'waiting' && this.#next.get(vmId) === index;
    return [...this.#vms.values()].filter(isWaiting).map(({ vmId }) => vmId);
  }

  async #send(batch: Batch): Promise<void> {
    const { files, row } = batch;
    if (row.sizeBytes === 0) return;
    runInAction(() => {
      this.phase = 'sending';
      this.sent = { done: 0, total: row.sizeBytes };
    });
    batch.transferId ??= crypto.randomUUID();
    const source = {
      fileName: files.length === 1 ? 'file' : `${files.length} files`,
      sizeBytes: row.sizeBytes,
      read: (offset: number, length: number) => row.read(offset, length, (...at) => readFile(files, ...at)),
    };
    const onProgress = action((done: number, total: number) => {
      this.sent = { done, total };
    });
    const { signal } = this.#abort;
    const { id } = await uploadFile(this.#bridge, source, batch.transferId, { signal, onProgress });
    batch.transferId = id;
  }

  async #put(batch: Batch, vmIds: readonly string[], overwrites: boolean): Promise<void> {
    const { files, folders, row, transferId } = batch;
    runInAction(() => {
      this.phase = 'putting';
      for (const vmId of vmIds) this.#change(vmId, { state: 'running' });
    });
    const outcome = await this.#operations.run('guestFile.put', { envName: this.envName }, (operationId) => {
      runInAction(() => {
        this.operationId = operationId;
      });
      return this.#bridge.client.guestFile.put({
        operationId,
        envName: this.envName,
        vmIds: [...vmIds],
        folder: this.folder,
        folders: [...folders],
        files: files.map(({ inner, file }) => ({ path: inner, sizeBytes: file.size, mode: MODE })),
        ...(transferId !== null && row.sizeBytes > 0 && { transferId }),
        overwrites,
      });
    });
    runInAction(() => {
      this.operationId = null;
    });
    if (!outcome.ok) throw outcome.error;
    const isUsedUp = outcome.value.vms.every(({ state }) => state === 'done');
    runInAction(() => {
      for (const { vmId, state, doneBytes, failure } of outcome.value.vms) this.#ended(vmId, state, doneBytes, failure);
    });
    if (isUsedUp) batch.transferId = null;
  }

  #ended(vmId: string, state: 'done' | 'failed', doneBytes: number, failure: ErrorRecord | null): void {
    const before = this.#vms.get(vmId)?.doneBytes ?? 0;
    if (state === 'failed') {
      this.#change(vmId, { state, failure });
      return;
    }
    const next = (this.#next.get(vmId) ?? 0) + 1;
    this.#next.set(vmId, next);
    const isOver = next >= this.#batches.length;
    this.#change(vmId, { state: isOver ? 'done' : 'waiting', doneBytes: before + doneBytes });
  }

  #change(vmId: string, change: Partial<PushVm>): void {
    const vm = this.#vms.get(vmId);
    if (vm) this.#vms.set(vmId, { ...vm, ...change });
  }

  /** No guest gets any further. */
  readonly #endAll = action((error: TtError) => {
    const failure = toErrorRecord(error);
    for (const { vmId, state } of this.#vms.values()) {
      if (state === 'waiting' || state === 'running') this.#change(vmId, { state: 'failed', failure });
    }
  });
}

function batchesOf(tree: LocalTree): Batch[] {
  const files = inCalls(tree.files, ({ inner }) => inner.length);
  const folders = inCalls(tree.folders, (inner) => inner.length);
  return Array.from({ length: Math.max(files.length, folders.length) }, (_, index) => {
    const own = files[index] ?? [];
    const row = new FilesInRow(own.map(({ file }) => file.size));
    return { files: own, folders: folders[index] ?? [], row, transferId: null };
  });
}

/** Throws FILE_UNUSABLE for a file that was changed or removed since it was chosen. */
async function readFile(files: readonly LocalFile[], index: number, within: number, most: number): Promise<Uint8Array> {
  const { inner = '', file } = files[index] ?? {};
  try {
    const bytes = new Uint8Array((await file?.slice(within, within + most).arrayBuffer()) ?? []);
    if (bytes.length > 0) return bytes;
  } catch (cause) {
    throw new TtError('FILE_UNUSABLE', { file: inner, reason: reason('unreadable') }, { cause });
  }
  throw new TtError('FILE_UNUSABLE', { file: inner, reason: reason('shrankWhileSent') });
}

function cancelled(): TtError {
  return new TtError('OPERATION_CANCELLED', { operation: 'guestFile.put' });
}
