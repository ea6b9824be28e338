// A snapshot that exists during one operation, which copies or exports the present state.
import { randomUUID } from 'node:crypto';
import { type Snapshot, TtError } from '@tt/protocol';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { forgetSnapshot } from './delete-snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** Long enough to copy it; one that could not be deleted expires soon. */
const TEMPORARY_LIFE_S = 3600;

/** Takes a snapshot for `work` and deletes it afterwards, whatever the result. The caller has locked the ENV. */
export async function withTemporary<Result>(
  services: Services,
  envName: string,
  vmIds: string[] | undefined,
  context: OperationContext,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const { inventory } = services;
  const position = inventory.positionOf(envName);
  const request = {
    envName,
    name: `copy-${randomUUID().slice(0, 8)}`,
    notes: '',
    vmIds,
    kind: 'user' as const,
    lifetimeS: TEMPORARY_LIFE_S,
  };
  inventory.putEnv({ ...inventory.env(envName), temporarySnapshot: request.name });
  try {
    const taken = await takeSnapshot(services, request, { ...context, noReturn: () => {} });
    inventory.setPosition(envName, position);
    return await work(taken);
  } finally {
    await dropTemporary(services, envName);
  }
}

/** What {@link withTemporary} did not come to. */
export async function dropTemporarySnapshots(services: Services): Promise<void> {
  const { inventory, logger } = services;
  for (const { name: envName, temporarySnapshot } of inventory.envs()) {
    if (temporarySnapshot === undefined) continue;
    logger.warn({ envName, snapshotName: temporarySnapshot }, 'removing a temporary snapshot of an operation');
    await dropTemporary(services, envName).catch((error: unknown) => {
      // It costs space, no more, and expires.
      if (!(error instanceof TtError)) throw error;
      logger.warn(
        { err: error, envName, snapshotName: temporarySnapshot },
        'could not delete the snapshot; it stays until it expires',
      );
    });
  }
}

async function dropTemporary(
  services: Pick<Services, 'inventory' | 'running' | 'storage' | 'snapshots' | 'thumbnails'>,
  envName: string,
): Promise<void> {
  const { inventory } = services;
  const { temporarySnapshot, ...env } = inventory.env(envName);
  const taken = inventory.snapshotsOf(envName).find(({ name }) => name === temporarySnapshot);
  if (taken) await forgetSnapshot(services, taken);
  inventory.putEnv(env);
}
