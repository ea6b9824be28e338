// A matrix file -> what it asks for, or everything that is wrong with it.
import {
  environmentSchema,
  type MatrixFile,
  matrixFileSchema,
  type MatrixStep,
  quoted,
  reason,
  runCommandSchema,
} from '@tt/protocol';
import { unfitDestinations } from '../env-file/read-env-file.ts';
import { commandOf } from '../matrix-run/work.ts';
import { documentInvalid, dotted, type Path, type Problem, readDocuments } from '../yaml/index.ts';

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
  /** What a run would refuse, e.g. a script that is too long in bytes. */
  const work = (holder: Pick<MatrixStep, 'run' | 'command' | 'environment'>, path: Path) => {
    const key = holder.command ? 'command' : 'run';
    const [command, environment] = [commandOf(holder), holder.environment];
    const checked = [
      [key, command && runCommandSchema.safeParse(command)],
      ['environment', environment && environmentSchema.safeParse(environment)],
    ] as const;
    for (const [name, result] of checked) {
      const [issue] = result?.error?.issues ?? [];
      const at = [...path, name];
      if (issue) problems.push(problemAt(at, quoted('valueUnfit', issue.message, { key: dotted(at) })));
    }
  };
  const services = (waitFor: MatrixFile['waitFor'], path: Path) => {
    for (const [index, service] of (waitFor ?? []).entries()) {
      oneOf(service, [...path, 'waitFor', index], ['port', 'run']);
      work(service, [...path, 'waitFor', index]);
    }
  };
  services(value.waitFor, []);
  const names = new Set<string>();
  for (const [index, step] of value.steps.entries()) {
    const path = ['steps', index];
    if (names.has(step.name))
      problems.push(problemAt([...path, 'name'], reason('matrixStepAgain', { name: step.name })));
    names.add(step.name);
    oneOf(step, path, WORK);
    work(step, path);
    services(step.waitFor, path);
    for (const [at, override] of (step.overrides ?? []).entries()) {
      oneOf(override, [...path, 'overrides', at], WORK, 0);
      work(override, [...path, 'overrides', at]);
    }
  }
  problems.push(...unfitDestinations(value.systems, ['systems'], problemAt));
  if (problems.length > 0) throw documentInvalid(file, problems);
  return value;
}

const WORK = ['run', 'command'];
