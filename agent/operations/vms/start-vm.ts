// Starts one stopped VM.
import { TtError } from '@tt/protocol';
import { bootVm } from './boot-vm.ts';
import { defineOperation } from '../define-operation.ts';
import { mustHaveTime } from '../envs/lifetime.ts';
import { withCapacityFor } from '../capacity/capacity.ts';
import { holdingEnvOfVm } from '../targets.ts';

export const startVmOperation = defineOperation({
  kind: 'vm.start',
  ...holdingEnvOfVm,
  cancellable: true,
  async run({ services, target: { id, envName, name }, operation }) {
    const { inventory, running } = services;
    mustHaveTime(inventory.env(envName));
    if (running.get(id)) throw new TtError('VM_ALREADY_RUNNING', { vmName: name });
    await withCapacityFor(services, [inventory.vm(id)], async () => {
      operation.step('startingVm');
      await bootVm(services, id, { signal: operation.signal });
    });
    return inventory.vmView(inventory.vm(id));
  },
});
