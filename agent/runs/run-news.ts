// Tells followers what has changed in a run: soon what somebody waits for, seldom that output grows, and never too much at once.

const SOON_MS = 200;
const SELDOM_MS = 1_000;
/** Machines in one event: some 40 KB. */
const MOST_AT_ONCE = 100;

export class RunNews {
  readonly #tell: (vmIds: readonly string[]) => void;
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #dueAt = Number.POSITIVE_INFINITY;
  #isDropped = false;

  /** `tell` publishes one event. */
  constructor(tell: (vmIds: readonly string[]) => void) {
    this.#tell = tell;
  }

  changed(vmId: string, how: 'state' | 'output'): void {
    // The last bytes of a machine may come late.
    if (this.#isDropped) return;
    this.#changed.add(vmId);
    const waitMs = how === 'state' ? SOON_MS : SELDOM_MS;
    const dueAt = performance.now() + waitMs;
    if (dueAt >= this.#dueAt) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => this.flush(), waitMs).unref();
  }

  /** At once; one event at least when `always`. */
  flush({ always = false } = {}): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#dueAt = Number.POSITIVE_INFINITY;
    const vmIds = [...this.#changed];
    this.#changed.clear();
    if (always && vmIds.length === 0) this.#tell([]);
    for (let at = 0; at < vmIds.length; at += MOST_AT_ONCE) this.#tell(vmIds.slice(at, at + MOST_AT_ONCE));
  }

  /** Nothing more is told. */
  drop(): void {
    this.#isDropped = true;
    this.#changed.clear();
    this.flush();
  }
}
