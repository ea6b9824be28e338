// Lets programs that a recipe runs print into the log of its build.
import type { RunOptions } from '../host/run-command.ts';
import type { BuildContext } from './recipe.ts';

/** For `runCommand`. */
export function printed({ onOutput }: Pick<BuildContext, 'onOutput'>): Pick<RunOptions, 'onStdout' | 'onStderr'> {
  return onOutput ? { onStdout: onOutput, onStderr: onOutput } : {};
}
