// Resumes a paused guest: on request, or once there is disk space for its pending write.
import { type ErrorRecord, TtError } from '@tt/protocol';
import type { VmRecord } from '../../state/vm-record.ts';
import { defineOperation } from '../define-operation.ts';
import { controlFailure, diskFull } from '../engine-failure.ts';
import type { Services } from '../services.ts';
import { setGuestClocksSoon } from '../snapshots/guest-clocks.ts';
import { holdingEnvOfVm } from '../targets.ts';

/** With less a guest that writes would stop again at once. */
export const ROOM_TO_RESUME_BYTES = 32 * 1024 * 1024;

export const resumeVmOperation = defineOperation({
  kind: 'vm.resume',
  ...holdingEnvOfVm,
  cancellable: false,
  async run({ services, target: { id, name }, operation }) {
    const { inventory, running } = services;
    running.need(id);
    const vm = inventory.vm(id);
    if (vm.status.state !== 'paused') throw new TtError('VM_ALREADY_RUNNING', { vmName: name });
    operation.step('resumingVms');
    await resumePaused(services, vm);
    return inventory.vmView(inventory.vm(id));
  },
});

/** On request. Rejects with DISK_FULL while a guest that waits for room would only be paused again, or VM_CONTROL_FAILED. */
export async function resumePaused(services: Services, vm: VmRecord): Promise<void> {
  // The reserve of the other writers is for guests, so it counts here.
  const { freeBytes } = await services.storage.space();
  if (waitsForSpace(vm) && freeBytes < ROOM_TO_RESUME_BYTES) {
    throw await diskFull(services, vm.name, ROOM_TO_RESUME_BYTES);
  }
  await resumeVm(services, vm.id);
}

/** A running machine whose guest is paused. Rejects with VM_CONTROL_FAILED; the guest is paused still. */
export async function resumeVm(
  services: Pick<Services, 'now' | 'logger' | 'inventory' | 'running'>,
  vmId: string,
): Promise<void> {
  const { inventory, running } = services;
  const { name, status } = inventory.vm(vmId);
  const handle = running.need(vmId);
  // Written down before: a guest that stops again at once says so before the answer to `resume` is here.
  inventory.updateVm(vmId, { status: { state: 'running', failure: null } });
  try {
    await handle.resume();
  } catch (error) {
    inventory.updateVm(vmId, { status: { state: 'paused', failure: status.failure } });
    throw controlFailure(name, error);
  }
  services.logger.info({ vmId, vmName: name }, 'a paused guest was resumed');
  setGuestClocksSoon(services, [vmId]);
}

/** Whether its engine has paused it because the disk of the host was full. */
export function waitsForSpace({ status: { state, failure } }: VmRecord): boolean {
  if (state !== 'paused' || failure === null) return false;
  const code = reasonCodeOf(failure);
  return code === 'pausedDiskFull' || code === 'pausedDiskFullOrBroken';
}

function reasonCodeOf({ data }: ErrorRecord): unknown {
  const { reason } = data;
  return typeof reason === 'object' && reason !== null && 'code' in reason ? reason.code : undefined;
}
