// Runs an operation that keeps everything it creates, or nothing of it.
import { UndoStack } from '../host/undo-stack.ts';
import type { OperationContext } from './operation-registry.ts';
import type { Services } from './services.ts';

/** `work` registers how to take back each thing it leaves behind; all of that is done, in reverse, when it rejects. */
export async function allOrNothing<Result>(
  { logger }: Pick<Services, 'logger'>,
  context: OperationContext,
  work: (undo: UndoStack) => Promise<Result>,
): Promise<Result> {
  const undo = new UndoStack((what, error) => logger.error({ err: error, what }, 'undo step failed'));
  try {
    const result = await work(undo);
    undo.commit();
    return result;
  } catch (error) {
    context.step('rollingBack');
    await undo.undo();
    throw error;
  }
}

/** What was made stays from here on: a request to cancel that came before is still heard, one that comes later is not. */
export function keepFromHere(context: OperationContext): void {
  context.noReturn();
  context.signal.throwIfAborted();
}
