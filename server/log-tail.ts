// The newest lines of a log in memory, as they were written: without secrets, and escaped. For whoever may read the log but has no
// access to the host. Limited in lines and bytes, whatever is logged.
import {
  HELD_LOG_LINES,
  type LogLevelName,
  type LogLine,
  type LogQuery,
  type LogTailAnswer,
  logLevelSchema,
  visible,
} from '@tt/protocol';
import type { LogTarget } from './log-file.ts';

const MAX_BYTES = 2 * 1024 * 1024;
/** Of one line; what is longer loses its details. */
const LINE_BYTES = 16 * 1024;
const MESSAGE_CHARACTERS = 2000;
/** As pino numbers levels. */
const NUMBERS: Readonly<Record<LogLevelName, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
};

interface Held {
  id: number;
  text: string;
}

export class LogTail implements LogTarget {
  readonly #lines: Held[] = [];
  #bytes = 0;
  /** Microseconds since 1970: those of the next process are larger, so whoever asks for what came since gets it. */
  #nextId = Date.now() * 1000;

  /** One line of JSON, as it goes into the log. */
  write(line: string): void {
    const text = line.length > LINE_BYTES ? shortened(line) : line;
    this.#lines.push({ id: this.#nextId++, text });
    this.#bytes += text.length;
    while (this.#lines.length > HELD_LOG_LINES || this.#bytes > MAX_BYTES) {
      const dropped = this.#lines.shift();
      if (dropped === undefined) break;
      this.#bytes -= dropped.text.length;
    }
  }

  read({ level, text, after, limit }: LogQuery): LogTailAnswer {
    const least = NUMBERS[level];
    const wanted = text.toLowerCase();
    const isWanted = ({ text: line }: Held) =>
      levelOf(line) >= least && (wanted === '' || line.toLowerCase().includes(wanted));
    const oldest = this.#lines[0]?.id ?? this.#nextId;
    if (after === undefined) {
      const found: Held[] = [];
      for (let index = this.#lines.length - 1; index >= 0 && found.length < limit; index--) {
        const line = this.#lines[index];
        if (line && isWanted(line)) found.push(line);
      }
      return { lines: found.toReversed().map(lineOf), next: this.#nextId - 1, isGap: false };
    }
    // A place that is still to come is one of another process, before the clock was set back.
    const from = after >= this.#nextId ? 0 : after;
    const found: Held[] = [];
    // All were looked at, unless the answer is full before.
    let next = Math.max(from, this.#nextId - 1);
    for (const line of this.#lines) {
      if (line.id <= from || !isWanted(line)) continue;
      found.push(line);
      if (found.length < limit) continue;
      next = line.id;
      break;
    }
    return { lines: found.map(lineOf), next, isGap: from < oldest - 1 };
  }
}

/** pino writes it first. Lines of others count as information. */
function levelOf(line: string): number {
  const level = /^\{"level":(\d+)/.exec(line)?.[1];
  return level === undefined ? NUMBERS.info : Number(level);
}

function lineOf({ id, text }: Held): LogLine {
  const { level: _level, time, msg, ...rest } = fieldsOf(text);
  const names = logLevelSchema.options;
  const at = new Date(typeof time === 'string' ? time : Number.NaN);
  return {
    id,
    at: Number.isNaN(at.getTime()) ? new Date(Math.floor(id / 1000)).toISOString() : at.toISOString(),
    level: names.findLast((name) => NUMBERS[name] <= levelOf(text)) ?? 'trace',
    // Reading JSON has undone the escapes.
    message: visible(typeof msg === 'string' ? msg : ''),
    details: Object.keys(rest).length === 0 ? '' : visible(JSON.stringify(rest)),
  };
}

function fieldsOf(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { msg: line.trim() };
  }
}

function shortened(line: string): string {
  const { level, time, msg } = fieldsOf(line);
  const message = typeof msg === 'string' ? msg.slice(0, MESSAGE_CHARACTERS) : '';
  return visible(JSON.stringify({ level, time, msg: message, leftOutBytes: line.length }));
}
