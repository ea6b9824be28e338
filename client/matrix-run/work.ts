// Pure: what a step of a matrix file runs, as the call takes it.
import type { MatrixStep, RunCommand } from '@tt/protocol';

/** Null where the file says neither, as in an override. */
export function commandOf({ run, command }: Pick<MatrixStep, 'run' | 'command'>): RunCommand | null {
  if (command) return { argv: command };
  return run === undefined ? null : { script: { text: run } };
}
