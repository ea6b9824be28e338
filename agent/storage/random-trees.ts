// Test support: random trees of snapshot, write, revert, fork, delete, compact and agent restart, on any storage, compared with
// a model of a few maps. Seeded: a failure prints the seed and the steps, and can be repeated with it.
import { expect } from 'vitest';
import type { StorageHarness, Word } from './contract-harness.ts';

/** Disk's name -> its contents. */
type Content = Map<string, Word | 'nothing'>;

interface ModelVm {
  disks: Content;
  snapshots: Map<string, Content>;
}

export interface RandomTreeOptions {
  seed: number;
  steps: number;
}

const MAX_VMS = 4;

/** Rejects with the seed and all steps when the storage and the model differ. */
export async function walkRandomTree(harness: StorageHarness, { seed, steps }: RandomTreeOptions): Promise<void> {
  const done: string[] = [];
  try {
    const walk = new Walk(harness, seed, done);
    await walk.begin();
    for (let step = 0; step < steps; step++) {
      await walk.step();
      await walk.check();
    }
    await walk.end();
  } catch (error) {
    throw new Error(`seed ${seed}, after ${done.join('; ')}`, { cause: error });
  }
}

class Walk {
  readonly #harness: StorageHarness;
  readonly #random: () => number;
  readonly #done: string[];
  readonly #model = new Map<string, ModelVm>();
  #storage: StorageHarness['storage'];
  #count = 0;

  constructor(harness: StorageHarness, seed: number, done: string[]) {
    this.#harness = harness;
    this.#storage = harness.storage;
    this.#random = randomFrom(seed);
    this.#done = done;
  }

  async begin(): Promise<void> {
    await this.#storage.init();
    await this.#create('vm0');
  }

  async step(): Promise<void> {
    if (this.#model.size === 0) await this.#create(`vm${++this.#count}`);
    const [vmId, vm] = this.#pick([...this.#model]);
    const actions: [weight: number, name: string, run: () => Promise<void>][] = [
      [6, 'write', () => this.#write(vmId, vm)],
      [4, 'snapshot', () => this.#snapshot(vmId, vm)],
      [4, 'revert', () => this.#withTag(vm, (tag) => this.#revert(vmId, vm, tag))],
      [2, 'fork', () => this.#withTag(vm, (tag) => this.#fork(vmId, vm, tag))],
      [2, 'forget', () => this.#withTag(vm, (tag) => this.#forget(vmId, vm, tag))],
      [1, 'add or remove disk1', () => this.#toggleDisk(vmId, vm)],
      [1, 'create', () => this.#create(`vm${++this.#count}`)],
      [1, 'destroy', () => this.#destroy(vmId)],
      [1, 'compact', async () => void (await this.#storage.compact(vmId))],
      [1, 'restart', () => this.#restart()],
    ];
    const chosen = this.#pick(actions.flatMap((action) => Array.from({ length: action[0] }, () => action)));
    this.#done.push(`${chosen[1]} ${vmId}`);
    await chosen[2]();
  }

  /** All content of all disks, and all tags. */
  async check(): Promise<void> {
    expect(await this.#storage.list()).toEqual([...this.#model.keys()].sort());
    for (const [vmId, vm] of this.#model) {
      const tags = (await this.#storage.listSnapshots(vmId)).map(({ tag }) => tag).sort();
      expect([vmId, tags]).toEqual([vmId, [...vm.snapshots.keys()].sort()]);
      const found: Content = new Map();
      for (const name of await this.#storage.disks(vmId)) {
        found.set(name, await this.#harness.read(this.#storage.diskOf(vmId, name).path));
      }
      expect([vmId, Object.fromEntries(found)]).toEqual([vmId, Object.fromEntries(vm.disks)]);
    }
  }

  /** Every snapshot of every VM is unchanged, in any order; then all are removed. */
  async end(): Promise<void> {
    for (const [vmId, vm] of this.#model) {
      for (const tag of vm.snapshots.keys()) await this.#revert(vmId, vm, tag);
      await this.check();
    }
    for (const vmId of this.#model.keys()) await this.#destroy(vmId);
    await this.check();
  }

  async #create(vmId: string): Promise<void> {
    if (this.#model.size >= MAX_VMS) return;
    await this.#storage.createImage(vmId, this.#harness.image, 64);
    this.#model.set(vmId, { disks: new Map([['disk0', 'nothing']]), snapshots: new Map() });
  }

  async #write(vmId: string, vm: ModelVm): Promise<void> {
    const name = this.#pick([...vm.disks.keys()]);
    const word = this.#pick<Word>(['apple', 'pear']);
    await this.#harness.write(this.#storage.diskOf(vmId, name).path, word);
    vm.disks.set(name, word);
  }

  async #snapshot(vmId: string, vm: ModelVm): Promise<void> {
    const tag = `t${++this.#count}`;
    await this.#storage.createSnapshot(vmId, tag);
    vm.snapshots.set(tag, new Map(vm.disks));
  }

  async #revert(vmId: string, vm: ModelVm, tag: string): Promise<void> {
    await this.#storage.revertSnapshot(vmId, tag);
    for (const [name, word] of vm.snapshots.get(tag) ?? []) vm.disks.set(name, word);
    expect([tag, await this.#harness.read(this.#storage.diskOf(vmId).path)]).toEqual([tag, vm.disks.get('disk0')]);
  }

  async #fork(vmId: string, vm: ModelVm, tag: string): Promise<void> {
    if (this.#model.size >= MAX_VMS) return;
    const fork = `vm${++this.#count}`;
    const withSnapshot = this.#random() < 0.5;
    await this.#storage.cloneSnapshot(vmId, tag, fork, { withSnapshot });
    const content = vm.snapshots.get(tag) ?? new Map();
    const snapshots = new Map(withSnapshot ? [[tag, new Map(content)]] : []);
    this.#model.set(fork, { disks: new Map(content), snapshots });
  }

  async #forget(vmId: string, vm: ModelVm, tag: string): Promise<void> {
    await this.#storage.destroySnapshot(vmId, tag);
    vm.snapshots.delete(tag);
  }

  async #toggleDisk(vmId: string, vm: ModelVm): Promise<void> {
    if (vm.disks.delete('disk1')) return this.#storage.removeDisk(vmId, 'disk1');
    await this.#storage.addDisk(vmId, 'disk1', 64);
    vm.disks.set('disk1', 'nothing');
  }

  async #destroy(vmId: string): Promise<void> {
    await this.#storage.destroyImage(vmId);
    this.#model.delete(vmId);
  }

  async #restart(): Promise<void> {
    this.#storage = this.#harness.reopen();
    await this.#storage.init();
  }

  async #withTag(vm: ModelVm, work: (tag: string) => Promise<void>): Promise<void> {
    if (vm.snapshots.size > 0) await work(this.#pick([...vm.snapshots.keys()]));
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}

/** A seed that changes daily, unless `TT_SEED` is set. */
export function someSeed(): number {
  return Number(process.env['TT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
}

/** mulberry32: the same numbers from 0 to 1 for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
