// Images that VMs are cloned from, and media: what there is, what is being made, what a typed prefix finds; and sending files.
import { uploadFile } from '@tt/client';
import {
  type ErrorRecord,
  type Image,
  type ImageSpec,
  type ImageUse,
  imagesForPrefix,
  lacksEngine,
  matchesOsPrefix,
  toErrorRecord,
  type Vm,
} from '@tt/protocol';
import { action, computed, makeObservable, observableRef } from 'mobx';
import { asTtError, type OperationStore } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { translate } from '../i18n/index.ts';
import { Collection } from '../state/collection.ts';
import type { ToastStore } from '../state/toast-store.ts';

type NamedRequest = ImageSpec & { name: string; sha256?: string; format?: 'raw' };

export class ImageStore {
  readonly items = new Collection<Image>((image) => image.name);
  /** How far a file is on its way to the agent; null when none is. */
  sending: { done: number; total: number } | null = null;
  sendFailure: ErrorRecord | null = null;
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;
  readonly #toasts: ToastStore;
  #abort: AbortController | null = null;

  constructor(bridge: Bridge, operations: OperationStore, toasts: ToastStore) {
    this.#bridge = bridge;
    this.#operations = operations;
    this.#toasts = toasts;
    makeObservable(this, { all: computed, offered: computed, sending: observableRef, sendFailure: observableRef });
  }

  get all(): Image[] {
    return this.items.all.toSorted((a, b) => a.name.localeCompare(b.name));
  }

  /** What machines can be made from now, or after a build the authors have tried: for choosing. */
  get offered(): Image[] {
    return this.all.filter(({ kind, state, recipe }) => kind === 'disk' && !(state === 'absent' && recipe?.notRun));
  }

  /**
   * Images that a comma-separated list of prefixes selects, as the CLI's --os-prefix does; and those that are being built or that
   * failed beside them, to be seen.
   */
  matching(prefixes: string): Image[] {
    const wanted = prefixes
      .split(',')
      .map((prefix) => prefix.trim())
      .filter((prefix) => prefix !== '');
    const found = new Set(wanted.flatMap((prefix) => imagesForPrefix(this.all, prefix)));
    const isSeen = ({ name, kind, state, problem }: Image) =>
      kind === 'disk' &&
      (state === 'building' || (state === 'failed' && !lacksEngine(problem))) &&
      wanted.some((prefix) => matchesOsPrefix(name, prefix));
    return this.all.filter((image) => found.has(image) || isSeen(image));
  }

  async buildImage(name: string): Promise<void> {
    await this.#operations.runAloud('image.build', { imageName: name }, (operationId) =>
      this.#bridge.client.image.build({ name, operationId }),
    );
  }

  async importUrl(url: string, request: NamedRequest): Promise<void> {
    await this.#operations.runAloud('image.import', { imageName: request.name }, (operationId) =>
      this.#bridge.client.image.import({ ...request, operationId, source: { kind: 'url', url } }),
    );
  }

  /** Sends a file, then lets the agent make an image of it. False when it was not sent: `sendFailure` says why. */
  async importFile(file: File, request: NamedRequest): Promise<boolean> {
    const abort = new AbortController();
    const transferId = crypto.randomUUID();
    this.#abort = abort;
    this.#setSending({ done: 0, total: file.size }, null);
    try {
      const source = {
        fileName: file.name,
        sizeBytes: file.size,
        read: async (offset: number, length: number) =>
          new Uint8Array(await file.slice(offset, offset + length).arrayBuffer()),
      };
      const { id } = await uploadFile(this.#bridge, source, transferId, {
        signal: abort.signal,
        onProgress: (done, total) => this.#setSending({ done, total }, null),
      });
      this.#setSending(null, null);
      void this.#importUpload(id, request);
      return true;
    } catch (error) {
      this.#setSending(null, abort.signal.aborted ? null : toErrorRecord(asTtError(error)));
      await this.#drop(transferId);
      return false;
    }
  }

  async #importUpload(transferId: string, request: NamedRequest): Promise<void> {
    const outcome = await this.#operations.runAloud('image.import', { imageName: request.name }, (operationId) =>
      this.#bridge.client.image.import({ ...request, operationId, source: { kind: 'upload', transferId } }),
    );
    if (!outcome.ok) await this.#drop(transferId);
  }

  /** What was sent in vain is not kept; where it can't be told now, the agent removes it later. */
  async #drop(transferId: string): Promise<void> {
    await this.#bridge.client.transfer.drop({ transferId }).catch(() => null);
  }

  stopSending(): void {
    this.#abort?.abort();
    this.#setSending(null, null);
  }

  async publish(vm: Vm, snapshotName: string | null, about: ImageSpec & { name: string }): Promise<void> {
    await this.#operations.runAloud('image.publish', { imageName: about.name }, (operationId) =>
      this.#bridge.client.image.publish({
        ...about,
        operationId,
        vmId: vm.id,
        ...(snapshotName !== null && { snapshotName }),
      }),
    );
  }

  /** Boots a machine of it where nobody sees it, and keeps that instant for new machines to wake from. */
  async keepWarm(name: string): Promise<void> {
    const outcome = await this.#operations.runAloud('image.warm', { imageName: name }, (operationId) =>
      this.#bridge.client.image.warm({ name, operationId }),
    );
    if (outcome.ok) this.#toasts.say(translate('images.warmed', { image: name }));
  }

  async letGo(name: string): Promise<void> {
    const outcome = await this.#operations.runAloud('image.cool', { imageName: name }, (operationId) =>
      this.#bridge.client.image.cool({ name, operationId }),
    );
    if (outcome.ok) this.#toasts.say(translate('images.cooled', { image: name }));
  }

  async rename(name: string, newName: string): Promise<void> {
    await this.#operations.runAloud('image.rename', { imageName: name }, (operationId) =>
      this.#bridge.client.image.rename({ name, newName, operationId }),
    );
  }

  async remove(name: string): Promise<void> {
    await this.#operations.runAloud('image.delete', { imageName: name }, (operationId) =>
      this.#bridge.client.image.delete({ name, operationId }),
    );
  }

  /** Who uses it; nobody when that can't be asked: the agent refuses all the same. */
  async usersOf(name: string): Promise<ImageUse[]> {
    try {
      return (await this.#bridge.client.image.show({ name })).usedBy;
    } catch {
      return [];
    }
  }

  readonly #setSending = action((sending: ImageStore['sending'], failure: ErrorRecord | null) => {
    this.sending = sending;
    this.sendFailure = failure;
  });
}
