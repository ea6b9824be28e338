// Takes an ENV out of the bin. Its VMs are stopped; what it has still counts in quotas, so it always fits.
import { TtError } from '@tt/protocol';
import { defineOperation } from '../define-operation.ts';
import { holdingDeletedEnv } from '../targets.ts';
import { afterBin, isInBin, outOfBin } from './bin.ts';
import { envDetail } from './env-detail.ts';

export const restoreEnvOperation = defineOperation({
  kind: 'env.restore',
  ...holdingDeletedEnv,
  cancellable: false,
  async run({ services, target: { name } }) {
    const { inventory } = services;
    const env = inventory.env(name);
    if (!isInBin(env)) throw new TtError('ENV_NOT_DELETED', { envName: name });
    const now = services.now();
    // Before its record: as long as it is in the bin, nothing of it expires.
    for (const snapshot of inventory.snapshotsOf(name)) {
      if (snapshot.expiresAt !== null) inventory.putSnapshot(afterBin(snapshot, env, now));
    }
    inventory.putEnv(outOfBin(env, now));
    return envDetail(services, name);
  },
});
