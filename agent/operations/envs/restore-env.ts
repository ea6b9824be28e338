// Takes an ENV out of the bin. Its VMs are stopped; what it has still counts in quotas, so it always fits.
import { TtError } from '@tt/protocol';
import { defineOperation } from '../define-operation.ts';
import { holdingDeletedEnv } from '../targets.ts';
import { isInBin, outOfBin } from './bin.ts';
import { envDetail } from './env-detail.ts';

export const restoreEnvOperation = defineOperation({
  kind: 'env.restore',
  ...holdingDeletedEnv,
  cancellable: false,
  async run({ services, target: { name } }) {
    const { inventory } = services;
    const env = inventory.env(name);
    if (!isInBin(env)) throw new TtError('ENV_NOT_DELETED', { envName: name });
    inventory.putEnv(outOfBin(env, services.now()));
    return envDetail(services, name);
  },
});
