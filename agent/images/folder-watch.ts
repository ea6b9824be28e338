// Scans folders when something changes in them: notified by the system (inotify), and every few seconds where it sends no
// notifications (network file systems). Scans never overlap.
import { type FSWatcher, watch } from 'node:fs';

/** Changes come in bursts; the first scan follows the start of the burst. */
const GATHER_MS = 100;
/** While something is still coming. */
const SOON_MS = 300;
const SELDOM_MS = 10_000;

export interface WatchedFolders {
  folders: () => readonly string[];
  /** True: scan again soon. */
  look: () => Promise<boolean>;
}

export class FolderWatch {
  readonly #onProblem: (error: unknown) => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #watched: WatchedFolders | null = null;
  #timer: NodeJS.Timeout | null = null;
  #dueAt = Number.POSITIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #again = false;

  constructor(onProblem: (error: unknown) => void) {
    this.#onProblem = onProblem;
  }

  start(watched: WatchedFolders): void {
    this.#watched = watched;
    this.#watchAll(watched);
    this.#lookIn(GATHER_MS);
  }

  /** Resolves when the last scan has ended. */
  async close(): Promise<void> {
    this.#watched = null;
    if (this.#timer) clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    await this.#looking;
  }

  #lookIn(ms: number): void {
    const dueAt = performance.now() + ms;
    // An earlier look is as good; a later one is brought forward.
    if (!this.#watched || (this.#timer && this.#dueAt <= dueAt)) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // What changes during a look may have been passed by already.
      if (this.#looking) this.#again = true;
      else this.#looking = this.#look();
    }, ms);
  }

  async #look(): Promise<void> {
    let isComing = false;
    try {
      if (this.#watched) isComing = await this.#watched.look();
      if (this.#watched) this.#watchAll(this.#watched);
    } catch (error) {
      this.#onProblem(error);
    } finally {
      this.#looking = null;
      const soon = this.#again ? GATHER_MS : isComing ? SOON_MS : SELDOM_MS;
      this.#again = false;
      this.#lookIn(soon);
    }
  }

  #watchAll({ folders }: WatchedFolders): void {
    const wanted = new Set(folders());
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) {
      if (this.#watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, () => this.#lookIn(GATHER_MS));
        // A folder that goes away ends its watcher; the next look sees what is left.
        watcher.on('error', () => {
          watcher.close();
          this.#watchers.delete(folder);
          this.#lookIn(GATHER_MS);
        });
        this.#watchers.set(folder, watcher);
      } catch (error) {
        // It went away, or the host has no watches left: the look every few seconds is what remains.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#onProblem(error);
      }
    }
  }
}
