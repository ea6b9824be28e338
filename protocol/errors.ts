// Errors of TT: every border converts failures to {code, message, data} with a code from the table; the window translates codes
// to text.
import { z } from 'zod';
import { errorTable } from './error-table.ts';
import { fillTemplate, wordFor } from './fill-template.ts';
import { tableOf, type TermWords, terms } from './terms/index.ts';
import { textKindOf } from './terms/text-kinds.ts';
import { asReason, quoteSentence, reasonClause, reasonSchema } from './terms/reason.ts';

export { errorTable, fillTemplate };

export type ErrorTable = typeof errorTable;
export type ErrorCode = keyof ErrorTable;
/** The data that comes with one code. */
export type ErrorData<Code extends ErrorCode> = z.infer<ErrorTable[Code]['data']>;

/** True when `code` is in the table. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code);
}

type Data = Readonly<Record<string, unknown>>;

function shapeOf(code: ErrorCode): Readonly<Record<string, z.ZodType>> {
  return errorTable[code].data.shape;
}

/** The data of an error with its codes replaced by words of a language. Codes without a word in that language stay. */
export function inWords(code: ErrorCode, data: Data, words: TermWords): Record<string, unknown> {
  const shape = shapeOf(code);
  const { stepData } = data;
  const fields = { ...data, ...(typeof stepData === 'object' ? stepData : {}) };
  const translated = Object.entries(data).map(([field, value]) => {
    // Of a server that may be of any version: also fields that are not in the table, whatever their names.
    const schema = Object.hasOwn(shape, field) ? shape[field] : undefined;
    const read = schema === reasonSchema ? asReason(value) : null;
    if (read) return [field, reasonClause(read, words)];
    const table = schema && tableOf(schema instanceof z.ZodArray ? schema.element : schema);
    const inWord = (item: unknown) => {
      const word = table && typeof item === 'string' ? wordFor(words[table], item) : undefined;
      return word === undefined ? item : fillTemplate(word, fields);
    };
    return [field, Array.isArray(value) ? value.map(inWord) : inWord(value)];
  });
  return Object.fromEntries(translated) as Record<string, unknown>;
}

/** The filled-in template of an error’s message, followed by what other programs said. */
export function messageText(code: ErrorCode, template: string, data: Data, words: TermWords): string {
  const quotes = quotesOf(code, data).map((quote) => quoteSentence(quote, words));
  return [fillTemplate(template, inWords(code, data, words)), ...quotes].join(' ');
}

/** What other programs said, in the data of an error. */
function quotesOf(code: ErrorCode, data: Data): string[] {
  return Object.entries(shapeOf(code)).flatMap(([field, schema]) => {
    const value = data[field];
    const quote = schema === reasonSchema ? asReason(value)?.quote : textKindOf(schema) === 'quote' ? value : null;
    return typeof quote === 'string' && quote !== '' ? [quote] : [];
  });
}

/** The error that every part of TT throws on purpose. Anything else that reaches a border becomes INTERNAL. */
export class TtError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'TtError';
  readonly code: Code;
  readonly data: ErrorData<Code>;

  constructor(code: Code, data: ErrorData<Code>, options: { cause?: unknown } = {}) {
    super(messageText(code, errorTable[code].message, data, terms), { cause: options.cause });
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

/** A failure as part of events, operations and VMs. */
export const errorRecordSchema = z.object({
  code: z.string().describe('Stable code from docs/errors.md.'),
  message: z.string(),
  fix: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type ErrorRecord = z.infer<typeof errorRecordSchema>;

/** Converts a TtError to plain data for responses, the state store or a log line. */
export function toErrorRecord(error: TtError): ErrorRecord {
  return { code: error.code, message: error.message, fix: error.fix, data: { ...error.data } };
}
