// Presses the reset button of a VM. One whose writes are discarded is stopped and started again instead.
import { bootVm, haltVm } from './boot-vm.ts';
import { defineOperation } from '../define-operation.ts';
import { controlFailure } from '../engine-failure.ts';
import type { Services } from '../services.ts';
import { holdingEnvOfVm } from '../targets.ts';

export const resetVmOperation = defineOperation({
  kind: 'vm.reset',
  ...holdingEnvOfVm,
  cancellable: false,
  async run({
    services,
    target: {
      id,
      name,
      origin: { discardWrites },
    },
    operation,
  }) {
    const { inventory, running, guestChannels, sshGuests, readiness } = services;
    const machine = running.need(id);
    operation.step('resettingVm');
    if (discardWrites) await beginAnew(services, id);
    else {
      guestChannels.end(machine, 'GUEST_RESET');
      sshGuests.end(machine, 'GUEST_RESET');
      try {
        await machine.reset();
      } catch (error) {
        throw controlFailure(name, error);
      }
      readiness.askAgain(id);
    }
    return inventory.vmView(inventory.vm(id));
  },
});

/** The reset button alone would keep its writes. */
async function beginAnew(services: Services, vmId: string): Promise<void> {
  await services.reservations.hold([vmId], async () => {
    await haltVm(services, vmId, 0);
    await bootVm(services, vmId);
  });
}
