// Images that VMs are cloned from: what there is, what is being built, what a typed prefix finds.
import { type Image, matchesOsPrefix } from '@tt/protocol';
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
    makeObservable(this, { all: computed });
  }

  get all(): Image[] {
    return this.items.all.toSorted((a, b) => a.name.localeCompare(b.name));
  }

  /** Images that a comma-separated list of prefixes selects, exactly as the CLI's --os-prefix does. */
  matching(prefixes: string): Image[] {
    const wanted = prefixes
      .split(',')
      .map((prefix) => prefix.trim())
      .filter((prefix) => prefix !== '');
    return this.all.filter((image) => wanted.some((prefix) => matchesOsPrefix(image.name, prefix)));
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
