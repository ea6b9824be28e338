// What a section measures one after the other: what fails, or finds no time any more, is said in a note, and the rest goes on.
import type { BenchContext, SectionResult } from '../section.ts';
import { tableText } from '../print-table.ts';
import type { Comparison } from '../comparison.ts';

export class Attempts implements SectionResult {
  readonly comparisons: Comparison[] = [];
  readonly notes: string[] = [];
  readonly peerCommands: string[] = [];
  readonly #context: Pick<BenchContext, 'resources' | 'say'>;
  readonly #deadline: number;

  /** Nothing is begun any more after `limitMs`. */
  constructor(context: Pick<BenchContext, 'resources' | 'say'>, limitMs: number) {
    this.#context = context;
    this.#deadline = performance.now() + limitMs;
  }

  /** Its rows are shown at once. Rejects only when the bench is being ended. */
  async add(what: string, measure: () => Promise<readonly Comparison[]>): Promise<void> {
    if (performance.now() > this.#deadline) {
      this.notes.push(`${what}: NOT MEASURED, the time of this section was used up`);
      return;
    }
    this.#context.say(`${what} ...`);
    try {
      const rows = await measure();
      this.comparisons.push(...rows);
      this.#context.say(`so far:\n${tableText(rows)}`);
    } catch (error) {
      if (this.#context.resources.disposed) throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.notes.push(`${what}: NOT MEASURED, ${why}`);
      this.#context.say(`${what}: ${why}`);
    }
  }
}
