// Brings news to the desktop: what comes within a second is told together, and nothing is told that somebody sees in a window anyway.
import { type DesktopLanguage, wordsOf } from '../words/index.ts';
import { type Notice, noticesOf } from './notices.ts';
import type { News } from './watch-state.ts';

export interface NotifierOptions {
  show: (notice: Notice) => void;
  /** False while a window has the focus, or notifications are switched off. */
  isWanted: () => boolean;
  language: () => DesktopLanguage;
  /** Default 1 s; tests give their own. */
  gatherMs?: number;
}

const GATHER_MS = 1000;
/** Kept while they are gathered; more at once are told by number anyway. */
const MOST_GATHERED = 1000;

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #gathered = new Map<string, News[]>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** News that comes while somebody looks is seen there, and is not told later. */
  take(connection: string, news: readonly News[]): void {
    if (!this.#options.isWanted()) return;
    const known = this.#gathered.get(connection) ?? [];
    this.#gathered.set(connection, [...known, ...news].slice(-MOST_GATHERED));
    this.#timer ??= setTimeout(() => this.#tell(), this.#options.gatherMs ?? GATHER_MS);
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#gathered.clear();
  }

  #tell(): void {
    const { show, isWanted, language } = this.#options;
    this.#timer = null;
    const all = [...this.#gathered];
    this.#gathered.clear();
    if (!isWanted()) return;
    const words = wordsOf(language());
    for (const [connection, news] of all)
      for (const notice of noticesOf(connection, news, words, Date.now())) show(notice);
  }
}
