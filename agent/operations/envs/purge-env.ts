// Deletes an ENV of the bin for good.
import { defineOperation } from '../define-operation.ts';
import { holdingDeletedEnv } from '../targets.ts';
import { deleteHeldEnv } from './delete-env.ts';

export const purgeEnvOperation = defineOperation({
  kind: 'env.purge',
  ...holdingDeletedEnv,
  cancellable: false,
  frees: true,
  async run({ services, target: { name }, operation }) {
    await deleteHeldEnv(services, name, operation);
    return { name };
  },
});
