// Deletes one VM, with its part of every snapshot.
import { defineOperation } from '../define-operation.ts';
import { removeVm } from './remove-vm.ts';
import { holdingEnvOfVm } from '../targets.ts';

export const deleteVmOperation = defineOperation({
  kind: 'vm.delete',
  ...holdingEnvOfVm,
  cancellable: false,
  frees: true,
  async run({ services, target: { id }, operation }) {
    operation.step('deletingVm');
    await removeVm(services, id);
    return { id };
  },
});
