// Texts of one document: templates, the file of a new ENV, and that of an ENV that is there. The agent checks the templates that it
// stores by this, and clients what they send.
import {
  type EnvFile,
  type EnvFileGroup,
  envFileSchema,
  reason,
  TEMPLATE_TEXT_MAX,
  type TemplateFile,
  templateFileSchema,
} from '@tt/protocol';
import type { z } from 'zod';
import { documentInvalid, type Problem, type ReadDocument, readDocuments } from '../yaml/index.ts';
import { unfitDestinations } from './read-env-file.ts';

/** `file` is for messages only. Throws DOCUMENT_INVALID, with line and column of each problem; so do the others here. */
export function readTemplate(text: string, file: string): TemplateFile {
  if (text.length > TEMPLATE_TEXT_MAX) {
    throw documentInvalid(file, [{ line: 1, column: 1, reason: reason('yamlTooLong', { max: TEMPLATE_TEXT_MAX }) }]);
  }
  return only(text, file, templateFileSchema);
}

/** Of an ENV to be created. */
export function readNewEnv(text: string, file: string): EnvFile {
  return only(text, file, envFileSchema, ({ value, problemAt }) =>
    value.groups?.length ? [] : [problemAt(['groups'], reason('planNoGroups'))],
  );
}

/** Of the ENV called `name`. */
export function readEnvCalled(text: string, file: string, name: string): EnvFile {
  return only(text, file, envFileSchema, ({ value, problemAt }) =>
    value.name === name ? [] : [problemAt(['name'], reason('nameOther', { name }))],
  );
}

/** The file of a new ENV of that name, whatever name the template has. */
export function envFileFrom(template: TemplateFile, name: string): EnvFile {
  return { ...template, name };
}

/** The only document of the text. */
function only<Schema extends z.ZodType<{ groups?: EnvFileGroup[] | undefined }>>(
  text: string,
  file: string,
  schema: Schema,
  more: (document: ReadDocument<z.output<Schema>>) => Problem[] = () => [],
): z.output<Schema> {
  const [first, second] = readDocuments(text, file, schema);
  // `readDocuments` itself refuses a text without any.
  if (!first) throw documentInvalid(file, [{ line: 1, column: 1, reason: reason('yamlEmpty') }]);
  const { value, problemAt } = first;
  const problems = [
    ...(second ? [second.problemAt([], reason('yamlTooManyDocuments', { max: 1 }))] : []),
    ...unfitDestinations(value.groups ?? [], ['groups'], problemAt),
    ...more(first),
  ];
  if (problems.length > 0) throw documentInvalid(file, problems);
  return value;
}
