// Changes of the host by one call: all of them, or none.
import { UndoStack } from '../../host/undo-stack.ts';
import { NetworkError } from '../errors.ts';

/** Undoes what `work` has registered if it rejects; the error then also says what could not be undone. */
export async function undoing(work: (undo: UndoStack) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  const undo = new UndoStack((what, error) => failures.push(`${what}: ${String(error)}`));
  try {
    await work(undo);
  } catch (error) {
    await undo.undo();
    throw failures.length === 0 ? error : notTakenBack(error, failures);
  }
}

function notTakenBack(error: unknown, failures: readonly string[]): NetworkError {
  const code = error instanceof NetworkError ? error.code : 'COMMAND_FAILED';
  const message = `${String(error)}; and not taken back: ${failures.join('; ')}`;
  return new NetworkError(code, message, { cause: error });
}
