// Errors of TT: every border flattens failures to {code, message, data} with a code from the one table; the window maps
// codes to words.
import { z } from 'zod';
import { errorTable } from './error-table.ts';
import { fillTemplate } from './fill-template.ts';
import { tableOf, type TermWords, terms } from './terms/index.ts';

export { errorTable, fillTemplate };

export type ErrorTable = typeof errorTable;
export type ErrorCode = keyof ErrorTable;
/** The data that comes with one code. */
export type ErrorData<Code extends ErrorCode> = z.infer<ErrorTable[Code]['data']>;

/** True when `code` is in the table. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code);
}

/** The data of an error with words of a language in place of the codes in it. Codes that language has no word for stay. */
export function inWords(
  code: ErrorCode,
  data: Readonly<Record<string, unknown>>,
  words: TermWords,
): Record<string, unknown> {
  const shape: Readonly<Record<string, z.ZodType>> = errorTable[code].data.shape;
  const { stepData } = data;
  const fields = { ...data, ...(typeof stepData === 'object' ? stepData : {}) };
  const translated = Object.entries(data).map(([field, value]) => {
    const table = shape[field] && tableOf(shape[field]);
    const word = table && typeof value === 'string' ? words[table][value] : undefined;
    return [field, word === undefined ? value : fillTemplate(word, fields)];
  });
  return Object.fromEntries(translated) as Record<string, unknown>;
}

/** The failure every part of TT throws on purpose. Anything else that reaches a border becomes INTERNAL. */
export class TtError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'TtError';
  readonly code: Code;
  readonly data: ErrorData<Code>;

  constructor(code: Code, data: ErrorData<Code>, options: { cause?: unknown } = {}) {
    super(fillTemplate(errorTable[code].message, inWords(code, data, terms)), { cause: options.cause });
    this.code = code;
    this.data = data;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  /** What to do about it, one sentence or two. */
  get fix(): string {
    return fillTemplate(errorTable[this.code].fix, inWords(this.code, this.data, terms));
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
