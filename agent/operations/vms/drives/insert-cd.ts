// Inserts a medium into a CD drive, also while the VM runs.
import { defineOperation } from '../../define-operation.ts';
import { waitForImages } from '../../images/wait-for-images.ts';
import { onVm } from '../../targets.ts';
import { changeCd } from './change-cd.ts';

/** Rejects with IMAGE_NOT_FOUND or IMAGE_WRONG_KIND for what is no medium. It holds the ENV itself, once the medium is there. */
export const insertCdOperation = defineOperation({
  kind: 'cd.insert',
  ...onVm,
  cancellable: true,
  async run({ services, target: { envName }, input: { vmId, name, medium, wait = true }, operation }) {
    await waitForImages(services, wait, operation, () => services.images.medium(medium));
    return services.locks.hold(envName, operation.kind, async () => {
      const { path } = services.images.medium(medium);
      operation.noReturn();
      return changeCd(services, vmId, name, { medium, path });
    });
  },
});
