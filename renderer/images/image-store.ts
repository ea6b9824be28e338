// Images that VMs are cloned from, and media: what there is, what is being made, what a typed prefix finds. Files are sent by
// imports/import-store.ts.
import {
  type Image,
  type ImageSpec,
  type ImageUse,
  imagesForPrefix,
  lacksEngine,
  matchesOsPrefix,
  type Vm,
} from '@tt/protocol';
import { computed, makeObservable } from 'mobx';
import type { OperationStore } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { translate } from '../i18n/index.ts';
import { Collection } from '../state/collection.ts';
import type { ToastStore } from '../state/toast-store.ts';

type NamedRequest = ImageSpec & { name: string; sha256?: string; format?: 'raw' };

export class ImageStore {
  readonly items = new Collection<Image>((image) => image.name);
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;
  readonly #toasts: ToastStore;

  constructor(bridge: Bridge, operations: OperationStore, toasts: ToastStore) {
    this.#bridge = bridge;
    this.#operations = operations;
    this.#toasts = toasts;
    makeObservable(this, { all: computed, offered: computed });
  }

  get all(): Image[] {
    return this.items.all.toSorted((a, b) => a.name.localeCompare(b.name));
  }

  /** Whether a new image can't have this name: there is one, or one is being made. A recipe alone takes no name. */
  isThere(name: string): boolean {
    const image = this.items.get(name);
    return image !== undefined && !(image.recipe && (image.state === 'absent' || image.state === 'failed'));
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
}
