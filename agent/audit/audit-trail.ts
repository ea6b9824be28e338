// The audit trail: takes entries, writes those of one turn of the event loop together, and reads them. What can't be written, as
// the disk is full, waits in memory up to a limit; what is lost then is counted, said in the log, and in the trail when it goes on.
import type { Logger } from 'pino';
import { auditFamilies } from '../metrics/audit-families.ts';
import type { Family } from '../metrics/text-format.ts';
import { AuditDatabase, type AuditPage, type AuditSearch, type NewEntry } from './audit-database.ts';

const MOST_WAITING = 10_000;
/** Statements of one sweep; the next one goes on. */
const MOST_REMOVALS = 50;
/** Entries that are looked through for what has begun and not ended: no start takes long, however large the trail is. */
const LOOKED_THROUGH = 30_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const MIB = 1024 * 1024;

export interface AuditLimits {
  keepDays: number;
  maxMiB: number;
}

export interface AuditTrailParts {
  /** Path of the SQLite file, or `:memory:` in tests. */
  file: string;
  logger: Logger;
  now: () => Date;
  /** Read each time: a reload may change them. */
  limits: () => AuditLimits;
  /** Entries that wait for a disk that can be written to; default 10 000. */
  mostWaiting?: number;
}

export class AuditTrail {
  readonly #parts: AuditTrailParts;
  #database: AuditDatabase | null = null;
  #waiting: NewEntry[] = [];
  #scheduled: NodeJS.Immediate | null = null;
  /** Why the last write failed; null: it did not. */
  #problem: unknown = null;
  #lost = 0;
  #lostAltogether = 0;
  #written = 0;
  #cutForSize = false;
  #isClosed = false;

  constructor(parts: AuditTrailParts) {
    this.#parts = parts;
  }

  get keepDays(): number {
    return this.#parts.limits().keepDays;
  }

  /** Never throws, and returns before the entry is written: at the end of this turn it is. Does nothing once it is closed. */
  note(entry: NewEntry): void {
    if (this.#isClosed) return;
    this.#waiting.push(entry);
    this.#scheduled ??= setImmediate(() => this.flush());
  }

  /** Writes what waits. Never throws. */
  flush(): void {
    if (this.#scheduled) clearImmediate(this.#scheduled);
    this.#scheduled = null;
    if (this.#waiting.length === 0 && this.#lost === 0) return;
    const entries = this.#lost > 0 ? [this.#gap(), ...this.#waiting] : this.#waiting;
    try {
      this.#open().add(entries);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#written += entries.length;
    this.#waiting = [];
    this.#lost = 0;
    if (this.#problem !== null) this.#parts.logger.warn('the audit trail is written again');
    this.#problem = null;
  }

  /** What was noted before, too. Throws what SQLite says where the file can't be opened or read. */
  page(search: AuditSearch): AuditPage {
    this.flush();
    return this.#open().page(search);
  }

  /**
   * Writes an end, AGENT_GONE and of unknown length, for what an agent before this one had begun and could not end, as it was
   * killed. Looks at the newest 30 000 of the entries there are when it is called, part by part between other work. Never
   * throws: a trail that can’t be read is said in the log.
   */
  async endLost(): Promise<void> {
    try {
      this.flush();
      const ended = new Set<string>();
      const newest = this.#open().newest();
      // No entry is deleted from the middle, so ids are as good as a count.
      let below: number | null = newest + 1;
      while (below !== null && newest - below < LOOKED_THROUGH && !this.#isClosed) {
        const found = this.#open().begunWithoutEnd(below, ended);
        for (const { id: _id, ...entry } of found.entries) {
          this.note({
            ...entry,
            at: this.#parts.now().toISOString(),
            phase: 'ended',
            result: 'AGENT_GONE',
            durationMs: null,
          });
        }
        below = found.next;
        await turn();
      }
    } catch (error) {
      this.#parts.logger.error({ err: error }, 'what the audit trail says to go on could not be looked through');
    }
  }

  /**
   * Removes what is older than `keepDays`, and the oldest above `maxMiB`. Throws while entries can't be written, so that doctor and
   * metrics show it as a failing task.
   */
  async sweep(): Promise<void> {
    this.flush();
    if (this.#problem !== null) throw this.#problem;
    const database = this.#open();
    const { keepDays, maxMiB } = this.#parts.limits();
    const before = this.#parts.now().getTime() - keepDays * DAY_MS;
    let removals = 0;
    while (removals++ < MOST_REMOVALS && database.removeOlder(before)) await turn();
    let isCut = false;
    while (removals++ < MOST_REMOVALS && database.usedBytes() > maxMiB * MIB && database.removeOldest()) {
      isCut = true;
      await turn();
    }
    database.shrink();
    if (isCut && !this.#cutForSize) {
      const oldest = database.oldestAt();
      const since = oldest === null ? null : new Date(oldest).toISOString();
      this.#parts.logger.warn(
        { maxMiB, keepDays, since },
        'the audit trail is full: entries are removed before their time',
      );
    }
    this.#cutForSize = isCut;
  }

  /** Writes what waits, and closes the file. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.flush();
    this.#isClosed = true;
    this.#database?.close();
    this.#database = null;
  }

  families(): Family[] {
    return auditFamilies(this.#written, this.#lostAltogether);
  }

  #open(): AuditDatabase {
    if (this.#isClosed) throw new Error('the audit trail is closed');
    this.#database ??= new AuditDatabase(this.#parts.file, {
      onDamaged: (movedTo, error) =>
        this.#parts.logger.error(
          { err: error, movedTo },
          'the audit trail is damaged: it was put aside, a new one begins',
        ),
    });
    return this.#database;
  }

  #fail(error: unknown): void {
    if (this.#problem === null) {
      this.#parts.logger.error(
        { err: error, file: this.#parts.file },
        'the audit trail can’t be written: entries wait in memory, and are lost when there are too many',
      );
    }
    this.#problem = error;
    const { mostWaiting = MOST_WAITING } = this.#parts;
    const tooMany = this.#waiting.length - mostWaiting;
    if (tooMany <= 0) return;
    // The first of them tell how it began; the newest are what is lost.
    this.#waiting.length = mostWaiting;
    this.#lost += tooMany;
    this.#lostAltogether += tooMany;
  }

  /** Says in the trail itself how much is missing. */
  #gap(): NewEntry {
    return {
      at: this.#parts.now().toISOString(),
      actor: 'agent',
      userName: null,
      throughProxy: false,
      call: 'audit.lost',
      phase: 'done',
      result: 'failed',
      durationMs: null,
      activityId: null,
      subject: {},
      count: this.#lost,
      origin: { address: null, userAgent: '', sessionId: null, tokenId: null, requestId: '' },
      readerName: null,
      envOwner: null,
    };
  }
}

/** Lets other work of the agent come in between. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
