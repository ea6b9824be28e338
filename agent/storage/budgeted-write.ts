// One write that grows, while it runs: what it claimed, what it wrote so far, and the stop when it may not go on. Made by
// `DiskBudget`, which looks at all of them together.
import { type Reason, TtError } from '@tt/protocol';
import { allocatedBytes } from '../host/allocated-bytes.ts';

export interface WriteRequest {
  /** Whose quota it counts in; null: nobody's. */
  owner: string | null;
  /** Also that of the team it is shared with: its account (`ownersOf`). */
  team?: string | undefined;
  /** True: the sizes of its disks are in the owner's quota already (`diskMiB`), so only bytes really used are held against it. Default false. */
  isAdmitted?: boolean;
  /** What is being made, for people. */
  subject: string;
  /** Folders on the file systems it writes to; default: the one with the disks. */
  folders?: readonly string[];
  /** Bytes it takes at most, which are kept for it; default 0: nobody knows before. */
  wantedBytes?: number;
  /** Files and folders that hold nothing but what it writes; without them all that it claimed counts until it ends. */
  measured?: readonly string[];
  signal?: AbortSignal;
}

export interface BudgetedWriteParts {
  /** Bytes a file may have now, by quota and disk; so many of them are there already. */
  maxBytes: (thereBytes: number) => Promise<number>;
  /** The error for one that would make more. */
  refusal: () => Promise<TtError>;
}

export class BudgetedWrite {
  readonly request: WriteRequest;
  /** Aborts with the error callers are told: DISK_FULL or QUOTA_EXCEEDED; or as the signal of the request does. */
  readonly signal: AbortSignal;
  readonly #parts: BudgetedWriteParts;
  readonly #stop = new AbortController();
  #measured: readonly string[];
  readonly #more: string[] = [];
  #writtenBytes = 0;

  constructor(request: WriteRequest, parts: BudgetedWriteParts) {
    this.request = request;
    this.#parts = parts;
    this.#measured = request.measured ?? [];
    this.signal = request.signal ? AbortSignal.any([request.signal, this.#stop.signal]) : this.#stop.signal;
  }

  /** As it was when it was looked at last. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Claimed and not written yet. */
  get owedBytes(): number {
    return Math.max(0, (this.request.wantedBytes ?? 0) - this.#writtenBytes);
  }

  /** What it takes of its owner's quota until its result is in the records. */
  get countedBytes(): number {
    return Math.max(this.request.wantedBytes ?? 0, this.#writtenBytes);
  }

  /** It writes what it said it would; others are stopped before it. */
  get isWithinClaim(): boolean {
    const { wantedBytes = 0 } = this.request;
    return wantedBytes > 0 && this.#writtenBytes <= wantedBytes;
  }

  /** Why it was stopped; null while it may go on. */
  get refusal(): TtError | null {
    return this.#stop.signal.aborted ? (this.#stop.signal.reason as TtError) : null;
  }

  /** Once is enough; the first reason counts. */
  stop(refusal: TtError): void {
    this.#stop.abort(refusal);
  }

  /** One more file or folder that holds nothing but what it writes, known only now. */
  alsoMeasure(target: string): void {
    this.#more.push(target);
  }

  async measure(): Promise<void> {
    let bytes = 0;
    for (const target of [...this.#measured, ...this.#more]) bytes += await allocatedBytes(target);
    this.#writtenBytes = bytes;
  }

  /**
   * Runs a part that makes one file and can limit its own size; `work` gets the most bytes it may have. One that is too
   * large for the budget only, not for `maxFileBytes`, is refused by what the budget says.
   */
  async part<Result>(
    { target, maxFileBytes }: { target: string; maxFileBytes: number },
    work: (maxBytes: number) => Promise<Result>,
  ): Promise<Result> {
    this.signal.throwIfAborted();
    const maxBytes = Math.min(maxFileBytes, await this.#parts.maxBytes(await allocatedBytes(target)));
    this.#measured = [target];
    try {
      return await work(maxBytes);
    } catch (error) {
      if (maxBytes < maxFileBytes && isTooLarge(error)) this.stop(await this.#parts.refusal());
      throw this.refusal ?? error;
    } finally {
      this.#measured = this.request.measured ?? [];
    }
  }
}

/** Whether it was the budget that aborted this signal. */
export function isOverBudget({ aborted, reason: why }: AbortSignal): boolean {
  return aborted && why instanceof TtError && (why.code === 'DISK_FULL' || why.code === 'QUOTA_EXCEEDED');
}

function isTooLarge(error: unknown): boolean {
  if (!(error instanceof TtError)) return false;
  const { reason: why } = error.data as { reason?: Reason };
  return why?.code === 'fileTooLarge';
}
