// Ejects the medium of a CD drive, also while the VM runs.
import { defineOperation } from '../../define-operation.ts';
import { holdingEnvOfVm } from '../../targets.ts';
import { changeCd } from './change-cd.ts';

/** An empty drive is fine. */
export const ejectCdOperation = defineOperation({
  kind: 'cd.eject',
  ...holdingEnvOfVm,
  cancellable: false,
  run: ({ services, input: { vmId, name } }) => changeCd(services, vmId, name, { medium: null, path: null }),
});
