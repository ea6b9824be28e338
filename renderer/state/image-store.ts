// Images that VMs are cloned from: what there is, what is being built, what a typed prefix finds.
import { type Image, imagesForPrefix } from '@tt/protocol';
import { computed, makeObservable } from 'mobx';
import type { Bridge } from '../bridge.ts';
import { Collection } from './collection.ts';
import type { OperationStore } from './operation-store.ts';

export class ImageStore {
  readonly items = new Collection<Image>((image) => image.name);
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;

  constructor(bridge: Bridge, operations: OperationStore) {
    this.#bridge = bridge;
    this.#operations = operations;
    makeObservable(this, { all: computed, offered: computed });
  }

  get all(): Image[] {
    return this.items.all.toSorted((a, b) => a.name.localeCompare(b.name));
  }

  /** What machines can be made from now, or after a build the authors have tried: for choosing. */
  get offered(): Image[] {
    return this.all.filter(({ kind, state, recipe }) => kind === 'disk' && !(state === 'absent' && recipe?.notRun));
  }

  /** Images that a comma-separated list of prefixes selects, exactly as the CLI's --os-prefix does. */
  matching(prefixes: string): Image[] {
    const wanted = prefixes
      .split(',')
      .map((prefix) => prefix.trim())
      .filter((prefix) => prefix !== '');
    const found = new Set(wanted.flatMap((prefix) => imagesForPrefix(this.all, prefix)));
    return this.all.filter((image) => found.has(image));
  }

  async buildImage(name: string): Promise<void> {
    await this.#operations.runAloud('image.build', { imageName: name }, (operationId) =>
      this.#bridge.client.image.build({ name, operationId }),
    );
  }
}

/** `tiny` of `tiny-1`, `ubuntu` of `ubuntu-20.04`: what images are grouped by and marked with. */
export function osFamily(os: string): string {
  return os.replace(/[-_ ]?\d.*$/, '') || os;
}
