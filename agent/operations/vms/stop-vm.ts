// Stops one VM: its power button first, and after `graceS` by force.
import { haltVm } from './boot-vm.ts';
import { defineOperation } from '../define-operation.ts';
import { holdingEnvOfVm } from '../targets.ts';

export const stopVmOperation = defineOperation({
  kind: 'vm.stop',
  ...holdingEnvOfVm,
  cancellable: false,
  frees: true,
  async run({ services, input, target: { id }, operation }) {
    const { inventory, running } = services;
    running.need(id);
    operation.step('stoppingVm');
    await haltVm(services, id, input.graceS);
    return inventory.vmView(inventory.vm(id));
  },
});
