// A file of ENVs, one YAML document each -> what it asks for.
import { type EnvFile, type EnvFileGroup, envFileSchema, isDestination, reason } from '@tt/protocol';
import { documentInvalid, type Path, type Problem, type ReadDocument, readDocuments } from '../yaml/index.ts';

/** `file` is for messages only. Throws DOCUMENT_INVALID, with line and column of each problem. */
export function readEnvFile(text: string, file: string): EnvFile[] {
  const documents = readDocuments(text, file, envFileSchema);
  const problems: Problem[] = [];
  const names = new Set<string>();
  for (const { value, problemAt } of documents) {
    if (names.has(value.name)) problems.push(problemAt(['name'], reason('nameAgain', { name: value.name })));
    names.add(value.name);
    problems.push(...unfitDestinations(value.groups ?? [], ['groups'], problemAt));
  }
  if (problems.length > 0) throw documentInvalid(file, problems);
  return documents.map(({ value }) => value);
}

/** Of the groups at `path`: the server’s rule, with the place in the file. */
export function unfitDestinations(
  groups: readonly Pick<EnvFileGroup, 'blacklist'>[],
  path: Path,
  problemAt: ReadDocument<unknown>['problemAt'],
): Problem[] {
  return groups.flatMap(({ blacklist = [] }, group) =>
    blacklist.flatMap((destination, index) =>
      isDestination(destination)
        ? []
        : [problemAt([...path, group, 'blacklist', index], reason('destinationUnfit', { destination }))],
    ),
  );
}
