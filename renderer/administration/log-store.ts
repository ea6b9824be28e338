// The agent's log as the Log tab shows it: the newest lines that are wanted, newest first, and what comes while it is followed.
import { type LogLevelName, type LogLine, MOST_LOG_LINES, type TtError } from '@tt/protocol';
import { action, makeObservable, observable, observableRef } from 'mobx';
import { asTtError } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';

/** Not lower than these; `trace` and `debug` are written only where the agent is told to. */
export const LOG_LEVELS = ['trace', 'info', 'warn', 'error'] as const satisfies readonly LogLevelName[];
export type ShownLevel = (typeof LOG_LEVELS)[number];
const FIRST_LINES = 500;

export interface LogFilters {
  level: ShownLevel;
  text: string;
}

export class LogStore {
  filters: LogFilters = { level: 'trace', text: '' };
  /** null until they have been asked for. */
  lines: readonly LogLine[] | null = null;
  error: TtError | null = null;
  isFollowed = true;
  /** Lines came faster than the agent could hold them. */
  isGap = false;
  readonly #bridge: Bridge;
  #next: number | null = null;
  #isBusy = false;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    makeObservable(this, {
      filters: observableRef,
      lines: observableRef,
      error: observableRef,
      isFollowed: observable,
      isGap: observable,
      choose: action,
      follow: action,
      take: action,
      fail: action,
    });
  }

  get isFiltered(): boolean {
    return this.filters.level !== 'trace' || this.filters.text !== '';
  }

  choose(filters: Partial<LogFilters>): Promise<void> {
    this.filters = { ...this.filters, ...filters };
    this.#next = null;
    return this.load();
  }

  follow(isFollowed: boolean): void {
    this.isFollowed = isFollowed;
  }

  /** What came since the last time, or the newest lines. An answer to filters that were changed meanwhile counts for nothing. */
  async load(): Promise<void> {
    if (this.#isBusy && this.#next !== null) return;
    this.#isBusy = true;
    const { filters } = this;
    const after = this.#next;
    try {
      const limit = after === null ? FIRST_LINES : MOST_LOG_LINES;
      const question = { ...filters, limit, ...(after !== null && { after }) };
      const answer = await this.#bridge.client.admin.log(question);
      if (filters === this.filters) this.take(answer.lines, answer, after !== null);
    } catch (error) {
      if (filters === this.filters) this.fail(error);
    } finally {
      this.#isBusy = false;
    }
  }

  take(lines: readonly LogLine[], { next, isGap }: { next: number; isGap: boolean }, isMore: boolean): void {
    this.error = null;
    this.#next = next;
    this.isGap = isGap || (isMore && this.isGap);
    // The list that is shown is limited too.
    const before = isMore ? (this.lines ?? []) : [];
    if (!isMore || lines.length > 0) this.lines = [...lines.toReversed(), ...before].slice(0, MOST_LOG_LINES);
  }

  fail(error: unknown): void {
    this.error = asTtError(error);
  }
}
