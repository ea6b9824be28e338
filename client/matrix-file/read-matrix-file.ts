// A matrix file -> what it asks for, or everything that is wrong with it.
import { type MatrixFile, matrixFileSchema, reason } from '@tt/protocol';
import { unfitDestinations } from '../env-file/read-env-file.ts';
import { documentInvalid, type Path, type Problem, readDocuments } from '../yaml/index.ts';

/** `file` is for messages only. Throws DOCUMENT_INVALID, with line and column of each problem. */
export function readMatrixFile(text: string, file: string): MatrixFile {
  const [first, second] = readDocuments(text, file, matrixFileSchema);
  if (!first) throw documentInvalid(file, []);
  const { value, problemAt } = first;
  const problems: Problem[] = second ? [second.problemAt([], reason('matrixOneDocument'))] : [];
  const oneOf = (holder: object, path: Path, keys: readonly string[], least: 0 | 1 = 1) => {
    const given = keys.filter((key) => Object.hasOwn(holder, key));
    if (given.length > 1 || given.length < least)
      problems.push(problemAt(path, reason('matrixOneOf', { keys: keys.join(', ') })));
  };
  const services = (waitFor: MatrixFile['waitFor'], path: Path) => {
    for (const [index, service] of (waitFor ?? []).entries())
      oneOf(service, [...path, 'waitFor', index], ['port', 'run']);
  };
  services(value.waitFor, []);
  const names = new Set<string>();
  for (const [index, step] of value.steps.entries()) {
    const path = ['steps', index];
    if (names.has(step.name))
      problems.push(problemAt([...path, 'name'], reason('matrixStepAgain', { name: step.name })));
    names.add(step.name);
    oneOf(step, path, WORK);
    services(step.waitFor, path);
    for (const [at, override] of (step.overrides ?? []).entries()) oneOf(override, [...path, 'overrides', at], WORK, 0);
  }
  problems.push(...unfitDestinations(value.systems, ['systems'], problemAt));
  if (problems.length > 0) throw documentInvalid(file, problems);
  return value;
}

const WORK = ['run', 'command'];
