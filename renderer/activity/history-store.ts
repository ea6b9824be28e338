// The audit trail as the History tab shows it: asked for when it is opened and when a filter changes, page by page. One call at a
// time; what was chosen meanwhile is asked for next.
import type { AuditEntry, Operation, TtError } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';
import type { Bridge } from '../bridge.ts';
import { type HistoryEnd, type HistoryLine, historyLines, toldEnd } from './history-lines.ts';
import { asTtError } from './operation-store.ts';

export const HISTORY_SPANS = ['hour', 'day', 'week', 'all'] as const;
export type HistorySpan = (typeof HISTORY_SPANS)[number];
export const HISTORY_RESULTS = ['all', 'ok', 'failed'] as const;
export type HistoryResult = (typeof HISTORY_RESULTS)[number];

export interface HistoryFilters {
  /** '': everybody. */
  userName: string;
  /** A noun of the contract; '': all. */
  noun: string;
  /** A whole name or id; '': anything. */
  about: string;
  result: HistoryResult;
  span: HistorySpan;
}

const NO_FILTERS: HistoryFilters = { userName: '', noun: '', about: '', result: 'all', span: 'all' };
const HOUR_MS = 3_600_000;
const SPAN_MS: Readonly<Record<Exclude<HistorySpan, 'all'>, number>> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
};
/** Entries of a page. */
const PAGE = 100;
/** Pages of the server for one of ours, where few entries are wanted among many. */
const MOST_CALLS = 100;

export class HistoryStore {
  filters: HistoryFilters = NO_FILTERS;
  /** Newest first; null until they have been asked for. */
  entries: readonly AuditEntry[] | null = null;
  error: TtError | null = null;
  isBusy = false;
  /** Whether there may be older ones than those. */
  hasMore = false;
  keepDays: number | null = null;
  /** Keys of the lines that show all there is to them. */
  readonly opened = observable.set<string>();
  /** Ends of operations that were seen here before the trail was read again; they outlive what the window remembers of operations. */
  readonly #told = observable.map<string, HistoryEnd>({}, { deep: false });
  /** All who were seen so far. */
  readonly userNames = observable.set<string>();
  /** null: everything. */
  readonly envName: string | null;
  readonly #bridge: Bridge;
  #next: number | null = null;
  #isAskedAgain = false;

  /** `envName`: only what is about this ENV and what belongs to it. */
  constructor(bridge: Bridge, { envName = null }: { envName?: string | null } = {}) {
    this.#bridge = bridge;
    this.envName = envName;
    makeObservable(this, {
      filters: observableRef,
      entries: observableRef,
      error: observableRef,
      isBusy: observable,
      hasMore: observable,
      keepDays: observable,
      isFiltered: computed,
      lines: computed,
      choose: action,
      hear: action,
      toggle: action,
      begin: action,
      take: action,
      fail: action,
    });
  }

  get isFiltered(): boolean {
    return JSON.stringify(this.filters) !== JSON.stringify(NO_FILTERS);
  }

  /** What the entries tell: one line for each operation and stream; null until they have been asked for. */
  get lines(): readonly HistoryLine[] | null {
    return this.entries && historyLines(this.entries, this.#told);
  }

  /** An operation ended that is shown as running. */
  hear(operation: Operation): void {
    const end = toldEnd(operation);
    if (end) this.#told.set(operation.id, end);
  }

  toggle(key: string): void {
    if (!this.opened.delete(key)) this.opened.add(key);
  }

  /** Changes some of the filters, and asks again. */
  choose(filters: Partial<HistoryFilters>): Promise<void> {
    this.filters = { ...this.filters, ...filters };
    return this.load();
  }

  clear(): Promise<void> {
    return this.choose(NO_FILTERS);
  }

  /** The newest ones. Resolves when they are there, or those of filters that were chosen meanwhile. */
  async load(): Promise<void> {
    if (this.isBusy) {
      this.#isAskedAgain = true;
      return;
    }
    do {
      this.#isAskedAgain = false;
      await this.#ask(null);
    } while (this.#isAskedAgain);
  }

  /** Older ones behind those that are there. */
  async more(): Promise<void> {
    if (this.isBusy || this.#next === null) return;
    await this.#ask(this.#next);
    if (this.#isAskedAgain) await this.load();
  }

  async #ask(from: number | null): Promise<void> {
    this.begin();
    try {
      const entries: AuditEntry[] = [];
      let before = from;
      let keepDays: number;
      let calls = 0;
      do {
        const page = await this.#bridge.client.audit.list({
          ...searchFor(this.filters),
          ...(this.envName !== null && { envName: this.envName }),
          limit: PAGE - entries.length,
          ...(before !== null && { before }),
        });
        // A beginning is `ok` whatever came of it: only ends tell what went well.
        entries.push(...page.entries.filter(({ phase }) => this.filters.result !== 'ok' || phase !== 'begun'));
        before = page.next;
        keepDays = page.keepDays;
      } while (before !== null && entries.length < PAGE && ++calls < MOST_CALLS && !this.#isAskedAgain);
      this.take(entries, { next: before, keepDays, isMore: from !== null });
    } catch (error) {
      this.fail(error);
    }
  }

  begin(): void {
    this.isBusy = true;
  }

  take(
    entries: readonly AuditEntry[],
    { next, keepDays, isMore }: { next: number | null; keepDays: number; isMore: boolean },
  ): void {
    this.isBusy = false;
    this.error = null;
    this.keepDays = keepDays;
    this.#next = next;
    this.hasMore = next !== null;
    this.entries = isMore ? [...(this.entries ?? []), ...entries] : entries;
    for (const { userName } of entries) if (userName !== null) this.userNames.add(userName);
  }

  fail(error: unknown): void {
    this.isBusy = false;
    this.error = asTtError(error);
  }
}

function searchFor({ userName, noun, about, result, span }: HistoryFilters) {
  return {
    ...(userName !== '' && { userName }),
    ...(noun !== '' && { call: noun }),
    ...(about.trim() !== '' && { subject: about.trim() }),
    ...(result !== 'all' && { result }),
    ...(span !== 'all' && { since: new Date(Date.now() - SPAN_MS[span]).toISOString() }),
  };
}
