// Pauses a running guest on request, until somebody resumes it. Its memory stays allocated, its viewers stay connected.
import { TtError } from '@tt/protocol';
import { defineOperation } from '../define-operation.ts';
import { controlFailure } from '../engine-failure.ts';
import { holdingEnvOfVm } from '../targets.ts';

export const pauseVmOperation = defineOperation({
  kind: 'vm.pause',
  ...holdingEnvOfVm,
  cancellable: false,
  async run({ services: { inventory, running, logger }, target: { id, name }, operation }) {
    const handle = running.need(id);
    const { state } = inventory.vm(id).status;
    // Also one that its engine has paused: it has not been asked to stay so, and its failure says what it waits for.
    if (state !== 'running') throw new TtError('VM_NOT_RUNNING', { vmName: name, state });
    operation.step('pausingVm');
    try {
      await handle.pause();
    } catch (error) {
      throw controlFailure(name, error);
    }
    // Its engine may have paused it at the same moment, for a trouble that is written down already.
    if (inventory.vm(id).status.state === 'running') inventory.updateVm(id, { status: { state: 'paused' } });
    logger.info({ vmId: id, vmName: name }, 'a guest was paused on request');
    return inventory.vmView(inventory.vm(id));
  },
});
