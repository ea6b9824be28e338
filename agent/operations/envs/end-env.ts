// The end of an ENV that is not deleted at once: takes a snapshot first if its policy says so, then stops all its VMs, and puts it
// into the bin if its policy says that.
import { endSnapshotName, type EnvDetail, TtError } from '@tt/protocol';
import { defineOperation } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { takeSnapshot } from '../snapshots/take-snapshot.ts';
import { holdingEnv } from '../targets.ts';
import { envDetail } from './env-detail.ts';
import { goesToBin } from './bin.ts';
import { putIntoBin } from './put-into-bin.ts';
import { haltAll } from './stop-env.ts';

/** How long guests get to power off. */
const GRACE_S = 30;

export const endEnvOperation = defineOperation({
  kind: 'env.end',
  ...holdingEnv,
  cancellable: false,
  frees: true,
  run: ({ services, target: { name }, operation }) => endEnv(services, name, operation),
});

async function endEnv(services: Services, envName: string, context: OperationContext): Promise<EnvDetail> {
  const { inventory } = services;
  const { endPolicy } = inventory.env(envName);
  if (endPolicy === 'snapshotThenStop' || endPolicy === 'snapshotThenDelete')
    await saveOrSay(services, envName, context);
  await haltAll(services, envName, GRACE_S, context);
  // Read again: somebody may have extended it meanwhile; then it is stopped, and can be started at once.
  const env = inventory.env(envName);
  const expired = Date.parse(env.endAt) <= services.now().getTime();
  const { keepDeletedS } = services.settings.current;
  if (expired && endPolicy === 'snapshotThenDelete' && goesToBin(env, keepDeletedS))
    await putIntoBin(services, envName, context);
  else inventory.putEnv({ ...env, expired });
  return envDetail(services, envName);
}

/** A failed snapshot (e.g. a full disk) must not keep the ENV running for ever; its disks stay in any case. */
async function saveOrSay(services: Services, envName: string, context: OperationContext): Promise<void> {
  if (services.inventory.vmsOf(envName).length === 0) return;
  try {
    await takeSnapshot(services, { envName, name: endSnapshotName(services.now()), title: '', kind: 'user' }, context);
  } catch (error) {
    if (!(error instanceof TtError)) throw error;
    services.logger.error({ err: error, envName }, 'no snapshot at the end of an ENV: it is stopped without one');
  }
}
