// What the storage keeps without need costs space and no more: a sweep that fails is tried again later.
import { StorageError } from '../storage/errors.ts';
import type { Services } from './services.ts';

type Needs = Pick<Services, 'storage' | 'logger'>;

/** To be called when an image or a base was removed, and once at start. */
export function sweepSources({ storage, logger }: Needs): Promise<void> {
  return orWarn(logger, 'what the storage keeps of an image that is gone stays for now', () => storage.sweepSources());
}

/** To be called now and then. */
export function tidyStorage({ storage, logger }: Needs): Promise<void> {
  return orWarn(logger, 'what the storage could not remove stays for now', () => storage.tidy());
}

async function orWarn(logger: Services['logger'], message: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    logger.warn({ err: error }, message);
  }
}
