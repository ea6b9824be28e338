// What the wall knows of the screens it shows: which are black, which have not changed for long, and how they differ from the one that
// was chosen to compare with. Each picture is looked at once, when it comes.
import { action, computed, makeObservable, observable, observableRef, runInAction } from 'mobx';
import { type Difference, differenceOf, isBlack, type Sample } from './screen-pixels.ts';

/** A guest that shows the same for so long may hang. A text screen changes all the time: its cursor blinks. */
export const UNCHANGED_AFTER_MS = 60_000;

interface Known {
  /** ms since 1970: when this picture was first taken. */
  since: number;
  sample: Sample;
  black: boolean;
}

export type ScreenTrouble = { kind: 'black' } | { kind: 'unchanged'; since: number };

export class WallScreens {
  /** Machine to compare with; null: nothing is compared. */
  reference: string | null = null;
  readonly #screens = observable.map<string, Known>({}, { deep: false });
  readonly #sampleOf: (url: string) => Promise<Sample>;
  /** The newest picture of each machine, so that one that takes longer to decode can't replace it. */
  readonly #newest = new Map<string, string>();

  constructor(sampleOfUrl: (url: string) => Promise<Sample>) {
    this.#sampleOf = sampleOfUrl;
    makeObservable(this, {
      reference: observableRef,
      compareWith: action,
      forget: action,
      differences: computed,
    });
  }

  compareWith(vmId: string | null): void {
    this.reference = vmId;
  }

  /** A picture of a machine's screen has come; `at`: when it was taken. One that can't be decoded leaves what is known. */
  async look(vmId: string, url: string, at: number): Promise<void> {
    if (this.#newest.get(vmId) === url) return;
    this.#newest.set(vmId, url);
    const sample = await this.#sampleOf(url).catch(() => null);
    if (!sample || this.#newest.get(vmId) !== url) return;
    runInAction(() => this.#screens.set(vmId, { since: at, sample, black: isBlack(sample) }));
  }

  /** The machine shows nothing any more. */
  forget(vmId: string): void {
    this.#newest.delete(vmId);
    this.#screens.delete(vmId);
    if (this.reference === vmId) this.reference = null;
  }

  troubleOf(vmId: string, now: number): ScreenTrouble | null {
    const known = this.#screens.get(vmId);
    if (!known) return null;
    if (known.black) return { kind: 'black' };
    return now - known.since >= UNCHANGED_AFTER_MS ? { kind: 'unchanged', since: known.since } : null;
  }

  /** null for the reference, while nothing is compared, and for a screen that was not seen yet. */
  differenceOf(vmId: string): Difference | null {
    return this.differences.get(vmId) ?? null;
  }

  get differences(): ReadonlyMap<string, Difference> {
    const reference = this.reference === null ? undefined : this.#screens.get(this.reference);
    if (!reference) return new Map();
    return new Map(
      [...this.#screens]
        .filter(([vmId]) => vmId !== this.reference)
        .map(([vmId, { sample }]) => [vmId, differenceOf(reference.sample, sample)]),
    );
  }

  /** The reference first, then what differs most, by tenths, so that tiles do not change places all the time. */
  sorted(vmIds: readonly string[]): readonly string[] {
    if (this.reference === null) return vmIds;
    const rank = (vmId: string) =>
      vmId === this.reference ? 11 : Math.round((this.differenceOf(vmId)?.share ?? -0.1) * 10);
    return vmIds.toSorted((one, other) => rank(other) - rank(one));
  }
}
