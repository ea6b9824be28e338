// YAML that a person wrote -> values of a schema, or everything that is wrong with it, with line, column and what to do. What it may
// ask of the reader is bounded (`limits.ts`), so a file of a stranger may be read too.
import { quoted, type Reason, reason, TtError } from '@tt/protocol';
import { Composer, type Document, LineCounter } from 'yaml';
import type { z } from 'zod';
import { nearKey } from './known-keys.ts';
import { tokensOf, yamlLimits } from './limits.ts';
import { dotted, offsetOf, type Path } from './positions.ts';

export interface Problem {
  line: number;
  column: number;
  reason: Reason;
}

export interface ReadDocument<Value> {
  value: Value;
  /** For rules that a schema can’t have: a problem at the value at `path`. */
  problemAt: (path: Path, why: Reason) => Problem;
}

/** A file with more faults than anybody reads at once. */
const MOST_PROBLEMS = 50;

/**
 * Each document of the text. `file` is for messages only. Throws DOCUMENT_INVALID with all problems, not only the first. Documents
 * without content, such as one of comments only, are left out.
 */
export function readDocuments<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
): ReadDocument<z.output<Schema>>[] {
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems: Problem[] = [];
  const found: ReadDocument<z.output<Schema>>[] = [];
  for (const document of composed(text, file, lines)) {
    const result = readOne(document, schema, at);
    // One by one: a file of quotes has more of them than a call may have arguments.
    if ('problems' in result) for (const problem of result.problems) problems.push(problem);
    else if (result.value !== null) {
      const problemAt = (path: Path, why: Reason) => ({ ...at(offsetOf(document, path)), reason: why });
      found.push({ value: result.value, problemAt });
    }
  }
  if (problems.length > 0) throw documentInvalid(file, problems);
  if (found.length === 0) throw documentInvalid(file, [{ line: 1, column: 1, reason: reason('yamlEmpty') }]);
  return found;
}

/** With the first problem of the file in its sentence. */
export function documentInvalid(file: string, problems: readonly Problem[]): TtError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, MOST_PROBLEMS);
  const [first = { line: 1, column: 1, reason: reason('yamlBroken') }] = sorted;
  return new TtError('DOCUMENT_INVALID', { file, ...first, problems: sorted });
}

/** The documents as the file has them, within the limits. Throws DOCUMENT_INVALID. */
function composed(text: string, file: string, lines: LineCounter): Document[] {
  const refuse = (why: Reason, offset = 0) => {
    const { line, col } = lines.linePos(offset);
    return documentInvalid(file, [{ line: Math.max(line, 1), column: Math.max(col, 1), reason: why }]);
  };
  if (text.length > yamlLimits.length) throw refuse(reason('yamlTooLong', { max: yamlLimits.length }));
  const { tokens, passed } = tokensOf(text, lines);
  if (passed) throw refuse(passed.reason, passed.offset);
  const composer = new Composer({ version: '1.2', stringKeys: true, merge: true, strict: true });
  const documents = [...composer.compose(tokens)];
  const filled = documents.filter(({ contents, errors }) => contents !== null || errors.length > 0);
  if (filled.length > yamlLimits.documents) {
    throw refuse(reason('yamlTooManyDocuments', { max: yamlLimits.documents }));
  }
  return filled;
}

type Place = (offset: number) => { line: number; column: number };

function readOne<Schema extends z.ZodType>(
  document: Document,
  schema: Schema,
  at: Place,
): { value: z.output<Schema> | null } | { problems: Problem[] } {
  // A warning is a tag that nobody knows: it would be read as something else than was meant.
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    return {
      problems: broken.map(({ message, pos }) => ({ ...at(pos[0]), reason: quoted('yamlBroken', message) })),
    };
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: yamlLimits.aliases });
  } catch (error) {
    return { problems: [{ ...at(offsetOf(document, [])), reason: unresolved(error) }] };
  }
  if (content === null) return { value: null };
  const result = schema.safeParse(content);
  if (result.success) return { value: result.data };
  return { problems: result.error.issues.flatMap((issue) => problemsOf(issue, { document, content, schema, at })) };
}

/** Why aliases or merged maps could not be replaced by what they stand for. Throws errors of ours again. */
function unresolved(error: unknown): Reason {
  if (!(error instanceof Error)) throw error;
  // A file made to blow up.
  if (error instanceof ReferenceError && error.message.startsWith('Excessive')) return reason('yamlAliases');
  if (error instanceof ReferenceError || error.constructor === Error) return quoted('yamlBroken', error.message);
  throw error;
}

interface Read {
  document: Document;
  content: unknown;
  schema: z.ZodType;
  at: Place;
}

function problemsOf(issue: z.core.$ZodIssue, { document, content, schema, at }: Read): Problem[] {
  if (issue.code !== 'unrecognized_keys') {
    const key = dotted(issue.path);
    const isMissing = issue.code === 'invalid_type' && valueAt(content, issue.path) === undefined;
    const why = isMissing ? reason('keyMissing', { key }) : quoted('valueUnfit', issue.message, { key });
    return [{ ...at(offsetOf(document, issue.path)), reason: why }];
  }
  return issue.keys.map((unknown) => {
    const key = dotted([...issue.path, unknown]);
    const near = nearKey(schema, issue.path, unknown);
    const why = near === null ? reason('keyUnknown', { key }) : reason('keyUnknownNear', { key, near });
    return { ...at(offsetOf(document, issue.path, unknown)), reason: why };
  });
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, part)
        ? (inner as Record<PropertyKey, unknown>)[part]
        : undefined,
    content,
  );
}
