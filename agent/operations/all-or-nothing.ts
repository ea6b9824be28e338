// Runs an operation that keeps everything it creates, or nothing of it.
import { UndoStack } from '../host/undo-stack.ts';
import type { OperationContext } from './operation-registry.ts';
import type { Services } from './services.ts';

/** `work` registers how to undo each thing it leaves behind; if it rejects, everything is undone in reverse order. */
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

/** What was created stays from here on: an earlier request to cancel still has an effect, a later one has none. */
export function keepFromHere(context: OperationContext): void {
  context.noReturn();
  context.signal.throwIfAborted();
}
