// Ends ENVs whose time is over. Looks at the clock every few seconds instead of arming long timers, so a suspended laptop
// or a changed clock is noticed at the next look.
import { randomUUID } from 'node:crypto';
import { TtError } from '@tt/protocol';
import { deleteEnv } from './change-env.ts';
import type { Services } from './services.ts';

const LOOK_EVERY_MS = 5000;

/** Starts looking; returns how to stop. */
export function startExpiry(services: Services, lookEveryMs = LOOK_EVERY_MS): () => void {
  const timer = setInterval(() => sweep(services), lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Deletes every ENV that is over; one that is busy, or could not be deleted, is tried again at the next look. */
export function sweep(services: Services): void {
  const { inventory, locks, logger, operations } = services;
  const now = services.now().getTime();
  for (const env of inventory.envs()) {
    if (env.phase === 'creating' || Date.parse(env.endAt) > now || locks.isHeld(env.name)) continue;
    logger.info({ envName: env.name, endAt: env.endAt }, 'lifetime is over, deleting');
    operations
      .run({ id: randomUUID(), kind: 'env.delete', subject: { envName: env.name }, cancellable: false }, (context) =>
        deleteEnv(services, env.name, context),
      )
      .catch((error: unknown) => {
        if (!(error instanceof TtError)) throw error;
        logger.error({ err: error, envName: env.name }, 'could not delete an ENV whose lifetime is over');
      });
  }
}
