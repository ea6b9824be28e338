// The kinds of text that are not codes: a name, or a foreign text. The kind tells where the text can be shown.
import { z } from 'zod';

export type TextKind = 'name' | 'quote' | 'log';

const kinds = z.registry<{ kind: TextKind }>();

function textOf(kind: TextKind): z.ZodString {
  const schema = z.string();
  schema.register(kinds, { kind });
  return schema;
}

/** Names, paths, addresses, and what the caller wrote: the same in every language, so it may stand inside a sentence. */
export const nameText = textOf('name');
/** What another program said: shown behind a sentence, as a quote. */
export const foreignText = textOf('quote');
/** Output of another program, which whoever shows the error puts below it. */
export const foreignLog = textOf('log');

/** The kind of a text; null for one that was not declared by this file. */
export function textKindOf(schema: z.core.$ZodType): TextKind | null {
  return kinds.get(schema as z.ZodType)?.kind ?? null;
}
