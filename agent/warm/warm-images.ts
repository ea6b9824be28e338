// The warm images of this host: their records, which of them are being made, and who is copying from them right now. An image has at
// most one that is ready; a new one replaces it once it is ready itself.
import { TtError, type WarmImage } from '@tt/protocol';
import type { DocumentTable } from '../state/document-table.ts';
import type { WarmRecord } from './warm-record.ts';

export interface WarmImagesOptions {
  table: DocumentTable<WarmRecord>;
  /** How often a guest is checked whether it answers and is idle; default: twice a second. */
  lookEveryMs?: number | undefined;
}

/** One image that is being warmed. */
interface Making {
  abort: AbortController;
  ended: Promise<void>;
}

const LOOK_EVERY_MS = 500;
const RETRY_AFTER_MS = 3_600_000;

export class WarmImages {
  readonly lookEveryMs: number;
  readonly #table: DocumentTable<WarmRecord>;
  /** By the id of their VM. */
  readonly #records = new Map<string, WarmRecord>();
  readonly #makings = new Map<string, Making>();
  readonly #removals = new Map<string, Promise<void>>();
  /** By the id of their VM: how many are copying from it, and who waits until nobody is. */
  readonly #users = new Map<string, { count: number; waiting: (() => void)[] }>();
  /** When the agent failed to warm an image, in milliseconds of the epoch. */
  readonly #failures = new Map<string, number>();
  #listener: () => void = () => {};

  constructor({ table, lookEveryMs = LOOK_EVERY_MS }: WarmImagesOptions) {
    this.#table = table;
    this.lookEveryMs = lookEveryMs;
    for (const record of table.list()) this.#records.set(record.vm.id, record);
  }

  /** Calls `listener` after every change that is seen in the list of images. */
  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  /** In every phase, oldest first. */
  list(): WarmRecord[] {
    return [...this.#records.values()];
  }

  /** Whether this is the VM of a warm image, in whatever phase. */
  hasVm(vmId: string): boolean {
    return this.#records.has(vmId);
  }

  /** The one that new VMs of this image wake from; null: it is not warm. */
  ready(imageName: string): WarmRecord | null {
    return this.list().find((record) => record.imageName === imageName && record.phase === 'ready') ?? null;
  }

  /** As clients see it; null: the image is not warm, and is not being warmed. */
  view(imageName: string): WarmImage | null {
    const shown = this.list().filter((record) => record.imageName === imageName && record.phase !== 'deleting');
    const record = shown.find(({ phase }) => phase === 'ready') ?? shown[0];
    if (!record) return null;
    const { vm, phase, sizeBytes, madeAt, lastUsedAt, useCount } = record;
    const { cpuCount, memoryMiB, nics } = vm.spec;
    const state = phase === 'ready' ? 'ready' : 'making';
    return { state, cpuCount, memoryMiB, nicCount: nics.length, sizeBytes, madeAt, lastUsedAt, useCount };
  }

  put(record: WarmRecord): void {
    this.#table.put(record.vm.id, record);
    this.#records.set(record.vm.id, record);
    this.#listener();
  }

  delete(vmId: string): void {
    this.#table.delete(vmId);
    this.#records.delete(vmId);
    this.#listener();
  }

  /** So many VMs were woken from it. Ignores one that is gone. */
  noteUse(vmId: string, count: number, at: Date): void {
    const record = this.#records.get(vmId);
    if (record) this.put({ ...record, useCount: record.useCount + count, lastUsedAt: at.toISOString() });
  }

  /** The agent could not keep it warm: it tries again in an hour. */
  noteFailure(imageName: string, at: Date): void {
    this.#failures.set(imageName, at.getTime());
  }

  mayTry(imageName: string, now: Date): boolean {
    return now.getTime() - (this.#failures.get(imageName) ?? Number.NEGATIVE_INFINITY) >= RETRY_AFTER_MS;
  }

  /** Whether any image is being warmed. */
  get isBusy(): boolean {
    return this.#makings.size > 0;
  }

  isMaking(imageName: string): boolean {
    return this.#makings.has(imageName);
  }

  /** Runs `work`, which warms this image; its signal aborts in {@link stopMaking}. Throws IMAGE_WARMING: one at a time. */
  async make<Result>(imageName: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    if (this.#makings.has(imageName)) throw new TtError('IMAGE_WARMING', { imageName });
    const abort = new AbortController();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    this.#makings.set(imageName, { abort, ended });
    try {
      return await work(abort.signal);
    } finally {
      this.#makings.delete(imageName);
      end();
    }
  }

  /** Ends the warming of this image, if it is being warmed, and waits until nothing of it is left. */
  async stopMaking(imageName: string): Promise<void> {
    const making = this.#makings.get(imageName);
    if (!making) return;
    making.abort.abort(new TtError('OPERATION_CANCELLED', { operation: 'image.warm' }));
    await making.ended;
  }

  /** Keeps it as it is until the returned function is called, at least once. */
  use(vmId: string): () => void {
    const users = this.#users.get(vmId) ?? { count: 0, waiting: [] };
    this.#users.set(vmId, users);
    users.count++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      if (--users.count > 0) return;
      this.#users.delete(vmId);
      for (const resolve of users.waiting) resolve();
    };
  }

  /** Resolves when nobody copies from it. Take it out of {@link ready} first. */
  async unused(vmId: string): Promise<void> {
    const users = this.#users.get(vmId);
    if (users) await new Promise<void>((resolve) => users.waiting.push(resolve));
  }

  /** Removes one with `work`; a second call meanwhile waits for the first. */
  removeOnce(vmId: string, work: () => Promise<void>): Promise<void> {
    const removal = this.#removals.get(vmId) ?? work().finally(() => this.#removals.delete(vmId));
    this.#removals.set(vmId, removal);
    return removal;
  }
}
