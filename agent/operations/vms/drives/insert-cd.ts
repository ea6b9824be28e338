// Inserts a medium into a CD drive, also while the VM runs.
import { defineOperation } from '../../define-operation.ts';
import { holdingEnvOfVm } from '../../targets.ts';
import { changeCd } from './change-cd.ts';

/** Rejects with IMAGE_NOT_FOUND or IMAGE_WRONG_KIND if it is not a medium. */
export const insertCdOperation = defineOperation({
  kind: 'cd.insert',
  ...holdingEnvOfVm,
  cancellable: false,
  async run({ services, input: { vmId, name, medium } }) {
    const { path } = services.images.medium(medium);
    return changeCd(services, vmId, name, { medium, path });
  },
});
