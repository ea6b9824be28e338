// Errors of TT: every border flattens failures to {code, message, data} with a code from the one table; the window maps
// codes to words.
import { z } from 'zod';
import { errorTable } from './error-table.ts';

export { errorTable };

export type ErrorTable = typeof errorTable;
export type ErrorCode = keyof ErrorTable;
/** The data that comes with one code. */
export type ErrorData<Code extends ErrorCode> = z.infer<ErrorTable[Code]['data']>;

/** True when `code` is in the table. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code);
}

/** Numbers and texts as they are; anything else as JSON, never `[object Object]`. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Fills `{field}` in a template; lists are joined with commas, unknown fields stay as written. */
export function fillTemplate(template: string, data: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, field: string) => {
    const value = data[field];
    if (value === undefined || value === null) return whole;
    return Array.isArray(value) ? value.join(', ') : textOf(value);
  });
}

/** The failure every part of TT throws on purpose. Anything else that reaches a border becomes INTERNAL. */
export class TtError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'TtError';
  readonly code: Code;
  readonly data: ErrorData<Code>;

  constructor(code: Code, data: ErrorData<Code>, options: { cause?: unknown } = {}) {
    super(fillTemplate(errorTable[code].message, data), { cause: options.cause });
    this.code = code;
    this.data = data;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  /** What to do about it, one sentence or two. */
  get fix(): string {
    return fillTemplate(errorTable[this.code].fix, this.data);
  }
}

/** A failure as it stands inside events, operations and VMs. */
export const errorRecordSchema = z.object({
  code: z.string().describe('Stable code from docs/errors.md.'),
  message: z.string(),
  fix: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type ErrorRecord = z.infer<typeof errorRecordSchema>;

/** Flattens a TtError for the wire, the state store or a log line. */
export function toErrorRecord(error: TtError): ErrorRecord {
  return { code: error.code, message: error.message, fix: error.fix, data: { ...error.data } };
}
