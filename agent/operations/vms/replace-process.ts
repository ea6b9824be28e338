// A new process takes the place of a running VM's, in a saved state that only a new one can load (decision 0065). The VM is running
// all the while: its record, its watch, its cgroup and its ports go from the old process to the new one. Callers hold its viewers.
import type { LettingGo, RunningVm } from '../../engines/interface.ts';
import { NO_PROCESS, type VmRecord } from '../../state/vm-record.ts';
import { controlFailure, memoryKillOf, startFailure } from '../engine-failure.ts';
import type { Services } from '../services.ts';
import { launch, mustHaveMedia, mustHavePorts, statusOf } from './boot-vm.ts';
import { heldGroupOf } from './held-group.ts';

/**
 * Resolves when the guest is paused in the saved state `tag`, in its new process. The caller has set its spec and `revertingTo`, and resumes it. A
 * VM that was paused for a trouble is so still, by its record. Rejects with VM_CONTROL_FAILED when the old process does not end, and
 * the VM is as before; otherwise as `bootVm`, and the VM is stopped.
 */
export async function replaceProcess(
  services: Services,
  vmId: string,
  old: RunningVm,
  tag: string,
): Promise<RunningVm> {
  const { engines, inventory, running, logger } = services;
  const vm = inventory.vm(vmId);
  const engine = engines.usable(vm.placement.engine);
  // What can be refused without ending anything.
  mustHaveMedia(services, vm);
  running.beginReplacing(old);
  let how: LettingGo;
  try {
    how = await old.letGo();
  } catch (error) {
    running.cancelReplacing(old);
    throw controlFailure(vm.name, error);
  }
  try {
    // Whatever it may have started ends too; its cgroup stays. One whose memory is still being freed would be waited for: it ended well, and
    // what it has left in the cgroup gets less.
    if (how === 'ended') await services.cgroups.kill(vmId);
    if (how === 'aside') await setAside(services, vm, old);
    services.checkpoint('old process ended');
    await mustHavePorts(services, vm);
    const handle = await launch(services, engine, vm, { loadTag: tag, paused: true, isBesideHeld: how === 'aside' });
    inventory.updateVm(vmId, { status: { ...statusOf(handle), revertingTo: null } });
    running.watch(handle);
    logger.info({ vmId, vmName: vm.name, pid: handle.process.pid, tag }, 'a new process took the place of the old one');
    return handle;
  } catch (error) {
    const kill = await memoryKillOf(services, vmId);
    running.endReplacing(old);
    await services.cgroups.destroy(vmId);
    inventory.updateVm(vmId, { status: { ...NO_PROCESS, state: 'stopped', stopping: false, failure: null } });
    throw await startFailure(services, vm, error, kill);
  }
}

/** Whatever ends the VM does not end what has a memory yet to be saved. */
async function setAside(
  { cgroups }: Pick<Services, 'cgroups'>,
  { id, spec }: VmRecord,
  { process }: RunningVm,
): Promise<void> {
  await cgroups.create(heldGroupOf(id), spec);
  await cgroups.add(heldGroupOf(id), process);
}
