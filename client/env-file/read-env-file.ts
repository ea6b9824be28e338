// A file of ENVs, one YAML document each -> what it asks for.
import { type EnvFile, envFileSchema, isDestination, reason } from '@tt/protocol';
import { documentInvalid, type Problem, readDocuments } from '../yaml/index.ts';

/** `file` is for messages only. Throws DOCUMENT_INVALID, with line and column of each problem. */
export function readEnvFile(text: string, file: string): EnvFile[] {
  const documents = readDocuments(text, file, envFileSchema);
  const problems: Problem[] = [];
  const names = new Set<string>();
  for (const { value, problemAt } of documents) {
    if (names.has(value.name)) problems.push(problemAt(['name'], reason('nameAgain', { name: value.name })));
    names.add(value.name);
    for (const [group, { blacklist = [] }] of (value.groups ?? []).entries()) {
      for (const [index, destination] of blacklist.entries()) {
        const path = ['groups', group, 'blacklist', index];
        if (!isDestination(destination)) problems.push(problemAt(path, reason('destinationUnfit', { destination })));
      }
    }
  }
  if (problems.length > 0) throw documentInvalid(file, problems);
  return documents.map(({ value }) => value);
}
