// Reads and checks one YAML file. Every finding names key, line and column; for an unknown key also the key that was probably
// meant.
import { readFile } from 'node:fs/promises';
import { dotted, offsetOf, type Path } from '@tt/client/yaml';
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { ConfigError, type Problem } from './errors.ts';
import { nearKey } from './near-match.ts';
import { renameOldKeys } from './old-keys.ts';
import { brokenRules } from './rules.ts';
import { type FileConfig, fileSchema } from './schema.ts';

/** Rejects with ConfigError of all three codes. */
export async function readConfigFile(file: string): Promise<FileConfig> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const kind = code === 'ENOENT' ? 'CONFIG_NOT_FOUND' : 'CONFIG_UNREADABLE';
    const problem = kind === 'CONFIG_NOT_FOUND' ? 'there is no such file' : message;
    throw new ConfigError(kind, file, [{ path: '', line: null, column: null, message: problem }], error);
  }
  return checkConfigText(text, file);
}

/** `file` is for messages only. Throws CONFIG_INVALID with everything that is wrong, not only the first. */
export function checkConfigText(text: string, file: string): FileConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const fail = (problems: Problem[]) => new ConfigError('CONFIG_INVALID', file, problems);
  // A warning is a tag that nobody knows: it would be read as something else than was meant.
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) throw fail(broken.map(({ message, pos }) => ({ path: '', ...at(pos[0]), message })));
  renameOldKeys(document);
  const result = fileSchema.safeParse(contentOf(document, file));
  if (!result.success) {
    throw fail(
      result.error.issues.flatMap((issue) => problemsOf(issue, (path, key) => at(offsetOf(document, path, key)))),
    );
  }
  const rules = brokenRules(result.data);
  if (rules.length > 0) {
    throw fail(rules.map(({ path, message }) => ({ path: dotted(path), ...at(offsetOf(document, path)), message })));
  }
  return result.data;
}

/** An empty file means all defaults. */
function contentOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    // Too many aliases: a file made to blow up.
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError('CONFIG_INVALID', file, [{ path: '', line: 1, column: 1, message }], error);
  }
}

function problemsOf(
  issue: z.core.$ZodIssue,
  at: (path: Path, key?: string) => { line: number; column: number },
): Problem[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ path: dotted(issue.path), ...at(issue.path), message: issue.message }];
  }
  return issue.keys.map((key) => {
    const near = nearKey(dotted(issue.path.map((part) => (typeof part === 'number' ? '[]' : part))), key);
    const path = dotted([...issue.path, key]);
    const message = near === null ? 'there is no such key' : `there is no such key; did you mean ${near}?`;
    return { path, ...at(issue.path, key), message };
  });
}
