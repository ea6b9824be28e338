// How far a push is, for everybody who follows: told a few times a second, whatever the number of VMs.
import type { OperationPart } from '@tt/protocol';
import type { OperationContext } from '../operation-registry.ts';

/** Between two tellings, at least; and for each VM, as each telling names all of them. */
const TELL_MS = { least: 250, perVm: 10 };
const MIB = 1024 * 1024;

export class PutProgress implements Disposable {
  readonly #context: OperationContext;
  readonly #parts: Map<string, OperationPart>;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | null = null;
  #isEnded = false;

  constructor(context: OperationContext, vms: readonly { id: string; name: string }[], totalBytes: number) {
    this.#context = context;
    this.#everyMs = Math.max(TELL_MS.least, vms.length * TELL_MS.perVm);
    this.#parts = new Map(
      vms.map(({ id, name }) => [id, { vmId: id, vmName: name, state: 'waiting', done: 0, total: totalBytes }]),
    );
    this.#tell();
  }

  set(vmId: string, change: Partial<Pick<OperationPart, 'state' | 'done'>>): void {
    const part = this.#parts.get(vmId);
    if (!part) return;
    this.#parts.set(vmId, { ...part, ...change });
    if (!this.#isEnded) this.#timer ??= setTimeout(() => this.#tell(), this.#everyMs);
  }

  doneBytes(vmId: string): number {
    return this.#parts.get(vmId)?.done ?? 0;
  }

  /** The last word; nothing is told afterwards. */
  end(): void {
    if (!this.#isEnded) this.#tell();
    this.#isEnded = true;
  }

  /** Without a last word, for an operation that has failed or was cancelled: what has ended is spoken of no more. */
  [Symbol.dispose](): void {
    this.#isEnded = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tell(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const parts = [...this.#parts.values()];
    // One that has failed gets no further.
    const moving = parts.filter(({ state }) => state !== 'failed');
    const sum = (of: 'done' | 'total') => moving.reduce((bytes, part) => bytes + part[of], 0);
    const progress = { done: Math.floor(sum('done') / MIB), total: Math.ceil(sum('total') / MIB) };
    this.#context.step('puttingFiles', progress);
    this.#context.parts(parts);
  }
}
