// Removes what the storage no longer needs. It only costs space, so a failed sweep is retried at the next removal.
import { StorageError } from '../../storage/errors.ts';
import type { Services } from '../services.ts';

/** To be called when an image or a base was removed, and once at start. */
export async function sweepSources({ storage, logger }: Pick<Services, 'storage' | 'logger'>): Promise<void> {
  try {
    await storage.sweepSources();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    logger.warn({ err: error }, 'could not delete the storage’s copy of a deleted image; trying again later');
  }
}
