// Creates recorded VMs: networks, firewall, disks, then starts them in waves. Shared by create and add; the caller undoes it
// after a failure.
import { payersOf } from '../../access/owners.ts';
import { mapLimit } from '../../host/map-limit.ts';
import { bootVm } from './boot-vm.ts';
import { bootInWaves } from './boot-waves.ts';
import { startFailure } from '../engine-failure.ts';
import { makeDisks } from './drives/make-disks.ts';
import type { OperationContext } from '../operation-registry.ts';
import { VmChanges } from '../../inventory/vm-changes.ts';
import type { Services } from '../services.ts';
import { wakeVms } from '../warm/wake-vms.ts';
import type { Wake } from './allocate.ts';
import { setUpNetwork } from './network-setup.ts';

/** What a fresh overlay and the logs of a VM may take at once. */
const FRESH_VM_BYTES = 4 * 1024 * 1024;

/** `wakes`: those of the VMs that wake from a warm instant; where that is not possible, they boot too. */
export async function makeVms(
  services: Services,
  envName: string,
  { vmIds, wakes }: { vmIds: readonly string[]; wakes: readonly Wake[] },
  context: OperationContext,
): Promise<void> {
  const waking = new Set(wakes.map(({ vmId }) => vmId));
  // One that does not wake is stopped before it boots: what it was allocated stays its own.
  await services.reservations.hold([...waking], async () => {
    const asleep = await wakeVms(services, wakes, context);
    const booting = [...vmIds.filter((vmId) => !waking.has(vmId)), ...asleep];
    if (booting.length === 0) return;
    await makeFresh(services, envName, booting, context);
    await startAll(services, booting, context);
  });
}

async function makeFresh(
  services: Services,
  envName: string,
  vmIds: readonly string[],
  context: OperationContext,
): Promise<void> {
  const growth = {
    ...payersOf(services.inventory.env(envName)),
    isAdmitted: true,
    subject: envName,
    wantedBytes: vmIds.length * FRESH_VM_BYTES,
    signal: context.signal,
  };
  await services.budget.write(growth, async ({ signal }) => {
    signal.throwIfAborted();
    context.step('connectingNetworks');
    await setUpNetwork(
      services,
      vmIds.map((vmId) => services.inventory.vm(vmId)),
    );
    await cloneDisks(services, vmIds, signal, context);
  });
}

async function cloneDisks(
  services: Services,
  vmIds: readonly string[],
  signal: AbortSignal,
  context: OperationContext,
): Promise<void> {
  let done = 0;
  context.step('cloningDisks', { done, total: vmIds.length });
  await mapLimit(vmIds, services.limits.startWidth * 2, async (vmId) => {
    signal.throwIfAborted();
    const vm = services.inventory.vm(vmId);
    try {
      await makeDisks(services, vm, signal);
    } catch (error) {
      throw await startFailure(services, vm, error);
    }
    context.step('cloningDisks', { done: ++done, total: vmIds.length });
  });
}

/** Starts VMs in waves of about the number of processors; resolves when all run, the last of them not yet booted. */
export async function startAll(services: Services, vmIds: readonly string[], context: OperationContext): Promise<void> {
  const { signal } = context;
  const changes = new VmChanges(services.inventory);
  let done = 0;
  context.step('startingVms', { done, total: vmIds.length });
  await bootInWaves(services, vmIds, signal, {
    start: async (vmId, onLaunched) => {
      signal.throwIfAborted();
      await bootVm(services, vmId, { signal, ...(onLaunched && { among: { changes, onLaunched } }) });
      context.step('startingVms', { done: ++done, total: vmIds.length });
    },
    onAllLaunched: () => changes.flush(),
  });
}
