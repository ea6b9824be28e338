// The log of agent and proxy: one JSON object per line, without secrets and without characters that act on a terminal.
import { visible } from '@tt/protocol';
import { type Logger, pino } from 'pino';
import { type LogTarget, logToFile, logToStdout } from './log-file.ts';

/** Fields that contain secrets, or may: what users pass to guests often does. */
export const SECRET_FIELDS = [
  'agentTicket',
  'authorization',
  'commands',
  'content',
  'cookie',
  'currentPassword',
  'elsewhere',
  'password',
  'passwordHash',
  'privateKey',
  'secret',
  'session',
  'ticket',
  'token',
  'tokenSha256',
] as const;
/** One of them in a line, which most lines don't have. */
const SECRET_FIELD = new RegExp(`"(?:${SECRET_FIELDS.join('|')})":`);
const REDACTED = '[Redacted]';
/** Secrets inside texts, such as the message of an error: links for browsers, and headers. */
const SECRET_IN_TEXT = /(#join=|\bBearer )[\w-]{16,}/g;

export interface LoggerOptions {
  level: string;
  /** Absolute path; null writes to standard output. */
  file: string | null;
  /** Fields that every line gets. */
  mixin?: () => object;
  /** Gets each line too, as it is written. */
  tail?: LogTarget;
  /** Replaces `file`, for tests. */
  target?: LogTarget;
}

/** Throws the system's error if the file can't be opened. */
export function makeLogger({ level, file, mixin, tail, target }: LoggerOptions): Logger {
  const out = target ?? (file === null ? logToStdout() : logToFile(file));
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      ...(mixin && { mixin }),
    },
    {
      // JSON understands the escapes, so the line still says the same.
      write(line) {
        const written = visible(withoutSecrets(line).replace(SECRET_IN_TEXT, '$1[Redacted]'));
        out.write(written);
        tail?.write(written);
      },
    },
  );
}

/**
 * The line as it would be written, so whatever made it. Not by pino’s own redaction: it searches every object for each path, which
 * cost more than all the rest of a line.
 */
function withoutSecrets(line: string): string {
  if (!SECRET_FIELD.test(line)) return line;
  const secret: ReadonlySet<string> = new Set(SECRET_FIELDS);
  const parsed: unknown = JSON.parse(line, (key, value: unknown) => (secret.has(key) ? REDACTED : value));
  return `${JSON.stringify(parsed)}\n`;
}
