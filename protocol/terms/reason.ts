// Why something failed: a code of ours with its data, and separately the output of another program.
import { z } from 'zod';
import { fillTemplate, wordFor } from '../fill-template.ts';
import type { reasonTerms } from './reason-terms.ts';
import { foreignText } from './text-kinds.ts';

export type ReasonCode = keyof typeof reasonTerms;
/** The words of one language that a reason needs. */
export interface ReasonWords {
  readonly reason: Readonly<Record<string, string>>;
  readonly quote: Readonly<Record<string, string>>;
}

/** The fields in braces of a text. */
type FieldsOf<Text extends string> = Text extends `${string}{${infer Field}}${infer Rest}`
  ? Field | FieldsOf<Rest>
  : never;
type DataOf<Code extends ReasonCode> = Record<FieldsOf<(typeof reasonTerms)[Code]>, string | number>;

/** Why something failed. */
export interface Reason {
  code: ReasonCode;
  data: Record<string, string | number>;
  quote: string | null;
}

/** A reason as it stands in errors and views. A code that is not in the table (of a newer agent) is shown as it is. */
export const reasonSchema: z.ZodType<Reason> = z.object({
  code: z
    .string()
    .describe('Stable; its words are in protocol/terms/reason-terms.ts.') as unknown as z.ZodType<ReasonCode>,
  data: z.record(z.string(), z.union([z.string(), z.number()])).describe('Fields of the words for it.'),
  quote: foreignText.nullable().describe('What another program said, in its own words; null when nothing.'),
});

/** A reason of our own. */
export function reason<Code extends ReasonCode>(
  code: Code,
  ...[data]: [FieldsOf<(typeof reasonTerms)[Code]>] extends [never] ? [] : [DataOf<Code>]
): Reason {
  return { code, data: { ...data }, quote: null };
}

/** A reason with what another program said. */
export function quoted<Code extends ReasonCode>(
  code: Code,
  quote: string,
  ...[data]: [FieldsOf<(typeof reasonTerms)[Code]>] extends [never] ? [] : [DataOf<Code>]
): Reason {
  const said = quote.trim();
  return { code, data: { ...data }, quote: said === '' ? null : said };
}

/** What stands in the data of an error as a reason. One that an older agent wrote is only its text. */
export function asReason(value: unknown): Reason | null {
  if (typeof value === 'string') return { code: 'reported', data: {}, quote: value };
  const read = reasonSchema.safeParse(value);
  return read.success ? read.data : null;
}

/** The clause for a reason, without what others said. */
export function reasonClause({ code, data }: Reason, words: ReasonWords): string {
  return fillTemplate(wordFor(words.reason, code) ?? code, data);
}

/** What another program said, as a sentence that stands behind one of ours. */
export function quoteSentence(quote: string, words: ReasonWords): string {
  return fillTemplate(words.quote['details'] ?? '{quote}', { quote });
}

/** A whole reason, for where it stands alone. */
export function reasonText(reason: Reason, words: ReasonWords): string {
  const clause = reasonClause(reason, words);
  return reason.quote === null ? clause : `${clause}. ${quoteSentence(reason.quote, words)}`;
}
