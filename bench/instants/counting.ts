// A guest that counts as fast as it can and says how far it is: how much slower it is meanwhile, and how long it was silent, as
// seen from outside and not by anybody's own account.
import { GuestShell } from '../../agent/engines/guest-shell.ts';
import type { ByteLink } from '../console/byte-link.ts';
import { waitUntil } from '../wait-until.ts';

/** A few milliseconds of counting for an emulated processor. */
const SAY_EVERY = 100;
const LOOP = `i=0; while :; do i=$((i + 1)); [ $((i % ${SAY_EVERY})) = 0 ] && echo "count $i"; done`;

interface Said {
  count: number;
  /** By performance.now(), when it arrived here. */
  atMs: number;
}

/** From now on nobody can log in at this port: the loop says its numbers there. */
export async function beginCounting(serialPath: string): Promise<void> {
  const shell = await GuestShell.login(serialPath);
  try {
    await shell.run(`{ (${LOOP}) > /dev/ttyS0 & }`);
  } finally {
    shell.close();
  }
}

export class CountReader {
  readonly #link: ByteLink;
  readonly #said: Said[] = [];
  #rest = '';
  #ended: Error | null = null;

  constructor(link: ByteLink) {
    this.#link = link;
    link.listen(
      (bytes) => this.#take(bytes.toString('latin1')),
      (why) => {
        this.#ended = why;
      },
    );
  }

  /** Counts per millisecond between two times. */
  rate(fromMs: number, untilMs: number): number {
    const said = this.#said.filter(({ atMs }) => atMs >= fromMs && atMs <= untilMs);
    const [first] = said;
    const last = said.at(-1);
    if (!first || !last || last.count === first.count) return 0;
    return (last.count - first.count) / (untilMs - fromMs);
  }

  /** Milliseconds of the longest time without a word between two times. */
  longestSilence(fromMs: number, untilMs: number): number {
    const times = [
      fromMs,
      ...this.#said.map(({ atMs }) => atMs).filter((atMs) => atMs > fromMs && atMs < untilMs),
      untilMs,
    ];
    return Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs)));
  }

  /** When it said something for the first time after `sinceMs`; it is waited for. */
  firstAfter(sinceMs: number): Promise<number> {
    return waitUntil(
      'the guest counts on',
      async () => {
        if (this.#ended) throw this.#ended;
        return this.#said.find(({ atMs }) => atMs > sinceMs)?.atMs ?? null;
      },
      { timeoutMs: 120_000, everyMs: 1 },
    );
  }

  close(): void {
    this.#link.close();
  }

  #take(text: string): void {
    const atMs = performance.now();
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const count = /count (\d+)/.exec(line)?.[1];
      if (count !== undefined) this.#said.push({ count: Number(count), atMs });
    }
  }
}
