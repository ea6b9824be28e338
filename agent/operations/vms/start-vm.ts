// Starts one stopped VM; a paused one is resumed.
import { TtError } from '@tt/protocol';
import { bootVm } from './boot-vm.ts';
import { defineOperation } from '../define-operation.ts';
import { mustHaveTime } from '../envs/lifetime.ts';
import { withCapacityFor } from '../capacity/capacity.ts';
import { holdingEnvOfVm } from '../targets.ts';
import { resumePaused } from './resume-vm.ts';

export const startVmOperation = defineOperation({
  kind: 'vm.start',
  ...holdingEnvOfVm,
  cancellable: true,
  async run({ services, target: { id, envName, name }, operation }) {
    const { inventory, running } = services;
    mustHaveTime(inventory.env(envName));
    const vm = inventory.vm(id);
    if (running.get(id) && vm.status.state === 'paused') {
      operation.step('resumingVms');
      await resumePaused(services, vm);
      return inventory.vmView(inventory.vm(id));
    }
    if (running.get(id)) throw new TtError('VM_ALREADY_RUNNING', { vmName: name });
    await withCapacityFor(services, [vm], async () => {
      operation.step('startingVm');
      await bootVm(services, id, { signal: operation.signal });
    });
    return inventory.vmView(inventory.vm(id));
  },
});
