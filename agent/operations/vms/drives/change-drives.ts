// Changes disks and CD drives of a VM, in the running machine and in the record, so that a crash in between can be repaired: the
// requested state is recorded first, marked as unsettled, then applied to the machine.
import { type MachineSpec, reason, type TermCode, TtError, type Vm } from '@tt/protocol';
import { EngineError } from '../../../engines/errors.ts';
import type { RunningVm } from '../../../engines/interface.ts';
import type { VmRecord } from '../../../state/vm-record.ts';
import { StorageError } from '../../../storage/errors.ts';
import { isDiskFull } from '../../../host/disk-full.ts';
import { controlFailure, diskFull } from '../../engine-failure.ts';
import type { Services } from '../../services.ts';
import { driveOf, mediumPath } from '../launch-spec.ts';

/** The caller has locked the ENV. If `plug` rejects, record and machine are unchanged. */
export async function changeDrives(
  services: Pick<Services, 'inventory' | 'running' | 'checkpoint'>,
  vmId: string,
  change: Partial<MachineSpec>,
  plug: (handle: RunningVm) => Promise<void>,
): Promise<void> {
  const { inventory } = services;
  const before = inventory.vm(vmId);
  const handle = machineOf(services, before);
  if (!handle) {
    inventory.updateVm(vmId, { spec: change });
    services.checkpoint('drives written');
    return;
  }
  inventory.updateVm(vmId, { spec: change, status: { unsettledDrives: true } });
  services.checkpoint('drives written');
  try {
    await plug(handle);
  } catch (error) {
    if (inventory.hasVm(vmId)) inventory.updateVm(vmId, { spec: before.spec, status: { unsettledDrives: false } });
    throw error;
  }
  services.checkpoint('drives changed');
  inventory.updateVm(vmId, { status: { unsettledDrives: false } });
}

/** Its running machine; null if it is stopped. Throws VM_CONTROL_FAILED for one that runs and does not answer. */
export function machineOf(services: Pick<Services, 'running'>, vm: VmRecord): RunningVm | null {
  const handle = services.running.get(vm.id);
  if (!handle && vm.status.process) {
    throw new TtError('VM_CONTROL_FAILED', { vmName: vm.name, reason: reason('processSilent') });
  }
  return handle;
}

/** Throws VM_MUST_BE_STOPPED when the VM runs in an engine that can't do this while it does. */
export function mustBeLive(
  services: Pick<Services, 'running' | 'engines'>,
  vm: VmRecord,
  feature: 'hotplug' | 'cd',
  change: TermCode<'change'>,
): void {
  if (machineOf(services, vm) && services.engines.forVm(vm).checkFeatures([feature]).length > 0) {
    throw new TtError('VM_MUST_BE_STOPPED', { vmName: vm.name, change });
  }
}

/** After a crash in the middle of a change: makes the machine as it is written down. */
export async function settleDrives(
  services: Pick<Services, 'logger' | 'inventory' | 'storage' | 'images'>,
  vm: VmRecord,
  handle: RunningVm,
): Promise<void> {
  if (!vm.status.unsettledDrives) return;
  const { inventory, logger } = services;
  logger.warn({ vmId: vm.id, vmName: vm.name }, 'finishing a change of drives that an earlier agent started');
  try {
    for (const disk of vm.spec.disks) {
      if (!disk.attached) await handle.detachDrive(disk.name);
      else await attachOrLimit(services, vm.id, handle, disk);
    }
    for (const { name, medium } of vm.spec.cds) await handle.changeCd(name, mediumPath(services, medium));
  } catch (error) {
    // A guest that does not let go of a disk must not keep the agent from starting; the next start of the VM is right.
    if (!(error instanceof EngineError)) throw error;
    logger.warn({ err: error, vmId: vm.id, vmName: vm.name }, 'its drives match the record only after a restart');
  }
  inventory.updateVm(vm.id, { status: { unsettledDrives: false } });
}

/** A disk that is plugged in already takes limits; one that is not yet refuses them. */
async function attachOrLimit(
  services: Pick<Services, 'storage'>,
  vmId: string,
  handle: RunningVm,
  disk: VmRecord['spec']['disks'][number],
): Promise<void> {
  try {
    await handle.setDriveLimits(disk.name, disk.limits);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'COMMAND_FAILED') throw error;
    await handle.attachDrive(driveOf(services, vmId, disk));
  }
}

/** A failure of engine or storage while a disk or a CD drive was changed. */
export async function driveFailure(
  services: Pick<Services, 'storage'>,
  vmName: string,
  error: unknown,
): Promise<unknown> {
  if (isDiskFull(error)) return diskFull(services, vmName, 0);
  if (error instanceof StorageError) {
    return new TtError('VM_CONTROL_FAILED', { vmName, reason: error.reason }, { cause: error });
  }
  return controlFailure(vmName, error);
}

/** Gives a VM this list of disks, like {@link changeDrives}, and returns the VM as callers see it afterwards. */
export async function changeDisks(
  services: Pick<Services, 'inventory' | 'running' | 'storage' | 'checkpoint'>,
  vm: VmRecord,
  disks: VmRecord['spec']['disks'],
  plug: (handle: RunningVm) => Promise<void>,
): Promise<Vm> {
  try {
    await changeDrives(services, vm.id, { disks }, plug);
  } catch (error) {
    throw await driveFailure(services, vm.name, error);
  }
  return services.inventory.vmView(services.inventory.vm(vm.id));
}
