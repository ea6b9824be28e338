// Words for codes that are parts of sentences: steps of operations and data of errors. English is here; the window has the same
// tables in its other languages. A code without an entry (of a newer agent) is shown as it is.
import { z } from 'zod';
import { fillTemplate, wordFor } from '../fill-template.ts';
import { activityTerms } from './activity-terms.ts';
import {
  changeTerms,
  directionTerms,
  featureTerms,
  driversTerms,
  imageKindTerms,
  imageStateTerms,
  privilegeTerms,
  limitTerms,
  resourceTerms,
  snapshotPartTerms,
  terminalProblemTerms,
  transferStateTerms,
  userSourceTerms,
  vmStateTerms,
} from './error-terms.ts';
import { checkTerms } from './finding-terms.ts';
import { adviceTerms, instructionTerms } from './image-terms.ts';
import { quoteTerms, reasonTerms } from './reason-terms.ts';
import { stepTerms } from './step-terms.ts';
import {
  bootReasonTerms,
  identityProblemTerms,
  provisioningTerms,
  uncountedTerms,
  warmProblemTerms,
} from './view-terms.ts';

export const terms = {
  activity: activityTerms,
  step: stepTerms,
  change: changeTerms,
  privilege: privilegeTerms,
  limit: limitTerms,
  resource: resourceTerms,
  userSource: userSourceTerms,
  vmState: vmStateTerms,
  imageState: imageStateTerms,
  drivers: driversTerms,
  imageKind: imageKindTerms,
  direction: directionTerms,
  transferState: transferStateTerms,
  feature: featureTerms,
  snapshotPart: snapshotPartTerms,
  terminalProblem: terminalProblemTerms,
  provisioning: provisioningTerms,
  identityProblem: identityProblemTerms,
  bootReason: bootReasonTerms,
  warmProblem: warmProblemTerms,
  uncounted: uncountedTerms,
  reason: reasonTerms,
  advice: adviceTerms,
  instruction: instructionTerms,
  quote: quoteTerms,
  check: checkTerms,
} as const;

export type TermTable = keyof typeof terms;
export type TermCode<Table extends TermTable> = keyof (typeof terms)[Table] & string;
/** The words of one language. */
export type TermWords = { readonly [Table in TermTable]: Readonly<Record<string, string>> };
/** What one operation does right now. */
export type StepCode = TermCode<'step'>;

const tables = z.registry<{ table: TermTable }>();

/** A field that holds a code of a table. Who writes it must know the code; who reads it takes any, also of a newer agent. */
export function term<Table extends TermTable>(table: Table): z.ZodType<TermCode<Table>> {
  return openTerm(table) as unknown as z.ZodType<TermCode<Table>>;
}

/** The same for codes that come from drivers, which may have more than the table. */
export function openTerm(table: TermTable): z.ZodString {
  const schema = z.string();
  schema.register(tables, { table });
  return schema;
}

/** The table of a field made by {@link term}; null for any other. */
export function tableOf(schema: z.core.$ZodType): TermTable | null {
  return tables.get(schema as z.ZodType)?.table ?? null;
}

/** The words for a code that stands alone; as it is where the language has none. */
export function termText(
  table: TermTable,
  code: string,
  data: Readonly<Record<string, unknown>> = {},
  words: TermWords = terms,
): string {
  return fillTemplate(wordFor(words[table], code) ?? code, data);
}

/** All codes of a table. */
export function codesOf<Table extends TermTable>(table: Table): TermCode<Table>[] {
  return Object.keys(terms[table]) as TermCode<Table>[];
}

/** The words for a step, of the given language; English when none is given. */
export function stepText(
  { code, data }: { code: string; data: Readonly<Record<string, unknown>> },
  words: TermWords = terms,
): string {
  return termText('step', code, data, words);
}

export type { checkTerms, findingTerms } from './finding-terms.ts';
export { type LimitName, type RecordLimit, recordLimits } from './error-terms.ts';
export { foreignLog, foreignText, nameText, textKindOf, type TextKind } from './text-kinds.ts';
export {
  asReason,
  quoted,
  quoteSentence,
  type Reason,
  reason,
  reasonClause,
  reasonSchema,
  reasonText,
  type ReasonCode,
} from './reason.ts';
