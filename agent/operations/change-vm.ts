// Start, stop, reset and delete of one VM.
import { TtError, type Vm } from '@tt/protocol';
import { bootVm, haltVm } from './boot-vm.ts';
import { mustHaveTime } from './change-env.ts';
import { controlFailure } from './engine-failure.ts';
import type { OperationContext } from './operation-registry.ts';
import { removeVm } from './remove-vm.ts';
import type { Services } from './services.ts';
import { withRoomFor } from './room.ts';

export async function startVm(services: Services, vmId: string, context: OperationContext): Promise<Vm> {
  const { inventory } = services;
  const vm = inventory.vm(vmId);
  mustHaveTime(inventory.env(vm.envName));
  return services.locks.hold(vm.envName, `${vm.name} is being started`, async () => {
    if (services.running.get(vmId)) throw new TtError('VM_ALREADY_RUNNING', { vmName: vm.name });
    await withRoomFor(services, [vm], async () => {
      context.step('Starting the machine');
      await bootVm(services, vmId, { signal: context.signal });
    });
    return inventory.vmView(inventory.vm(vmId));
  });
}

export async function stopVm(services: Services, vmId: string, graceS: number, context: OperationContext): Promise<Vm> {
  const { inventory } = services;
  const vm = inventory.vm(vmId);
  return services.locks.hold(vm.envName, `${vm.name} is being stopped`, async () => {
    services.running.need(vmId);
    context.step('Stopping the machine');
    await haltVm(services, vmId, graceS);
    return inventory.vmView(inventory.vm(vmId));
  });
}

export async function resetVm(services: Services, vmId: string): Promise<Vm> {
  const { inventory } = services;
  const vm = inventory.vm(vmId);
  return services.locks.hold(vm.envName, `${vm.name} is being reset`, async () => {
    if (vm.discardWrites) return resetFresh(services, vmId);
    try {
      await services.running.need(vmId).reset();
    } catch (error) {
      throw controlFailure(vm.name, error);
    }
    return inventory.vmView(inventory.vm(vmId));
  });
}

/** The reset button alone would keep what it wrote: it is ended, and begins anew. */
async function resetFresh(services: Services, vmId: string): Promise<Vm> {
  services.running.need(vmId);
  await services.claims.hold([vmId], async () => {
    await haltVm(services, vmId, 0);
    await bootVm(services, vmId);
  });
  return services.inventory.vmView(services.inventory.vm(vmId));
}

export async function deleteVm(services: Services, vmId: string, context: OperationContext): Promise<{ id: string }> {
  const vm = services.inventory.vm(vmId);
  return services.locks.hold(vm.envName, `${vm.name} is being deleted`, async () => {
    context.step('Deleting the machine');
    await removeVm(services, vmId);
    return { id: vmId };
  });
}
