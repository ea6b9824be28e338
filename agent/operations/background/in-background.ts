// Runs work that the agent starts by itself: nobody waits for it, so a failure goes to the log (and its operation to followers).
import { TtError } from '@tt/protocol';
import type { Services } from '../services.ts';

export function inBackground(
  { logger }: Pick<Services, 'logger'>,
  work: Promise<unknown>,
  about: object,
  failed: string,
): void {
  work.catch((error: unknown) => {
    // Anything without a code is a fault of the program and must be seen as one.
    if (!(error instanceof TtError)) throw error;
    // By a person, or because the agent ends.
    if (error.code === 'OPERATION_CANCELLED') logger.info({ ...about }, 'cancelled');
    else logger.error({ err: error, ...about }, failed);
  });
}
