// Removes VMs with everything they have on the host. Used to delete ENVs and VMs, to undo create, and by the clean-up at start.
import { mapLimit } from '../../host/map-limit.ts';
import { type VmRecord, changedVm } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';
import { dropSnapshot } from '../snapshots/delete-snapshot.ts';
import { bareSpec } from './launch-spec.ts';
import { takeDownNetwork } from './network-setup.ts';

/** Processes ended, and disks removed, at the same time. */
const REMOVE_WIDTH = 8;

/**
 * Idempotent: completes an earlier, interrupted removal. A VM whose removal fails keeps its record (`deleting`), so that the
 * next start tries again; the others are removed all the same, then the failure is thrown.
 */
export async function removeVms(
  services: Services,
  vmIds: readonly string[],
  onDone: () => void = () => {},
): Promise<void> {
  const { inventory } = services;
  const vms = vmIds.filter((vmId) => inventory.hasVm(vmId)).map((vmId) => inventory.vm(vmId));
  if (vms.length === 0) return;
  const unmarked = vms.filter((vm) => vm.status.state !== 'deleting');
  if (unmarked.length > 0) inventory.putVms(unmarked.map((vm) => changedVm(vm, { status: { state: 'deleting' } })));
  services.checkpoint('marked');
  const { done: ended, failures } = await tryEach(vms, (vm) => endProcess(services, vm));
  await takeDownNetwork(services, ended);
  const removed = await tryEach(ended, async (vm) => {
    await services.storage.destroyImage(vm.id);
    await services.hostKeys.remove(vm.id);
    services.checkpoint('disk removed');
    onDone();
  });
  for (const vm of removed.done) await forgetInSnapshots(services, vm.id);
  inventory.deleteVms(removed.done.map((vm) => vm.id));
  services.checkpoint('row removed');
  for (const { id, name } of removed.done) services.logger.info({ vmId: id, vmName: name }, 'VM removed');
  const [failure] = [...failures, ...removed.failures];
  if (failure) throw failure.error;
}

export function removeVm(services: Services, vmId: string): Promise<void> {
  return removeVms(services, [vmId]);
}

async function endProcess(services: Services, vm: VmRecord): Promise<void> {
  const {
    id,
    status: { process },
  } = vm;
  const spec = bareSpec(services, vm);
  const handle = services.running.get(id);
  const engine = services.engines.forVm(vm);
  if (process) await engine.stop(spec, process);
  if (handle) await handle.exited;
  await services.cgroups.destroy(id);
  services.checkpoint('process ended');
  await engine.destroy(spec);
}

async function tryEach(
  vms: readonly VmRecord[],
  work: (vm: VmRecord) => Promise<void>,
): Promise<{ done: VmRecord[]; failures: { error: unknown }[] }> {
  const done: VmRecord[] = [];
  const failures: { error: unknown }[] = [];
  await mapLimit(vms, REMOVE_WIDTH, async (vm) => {
    try {
      await work(vm);
      done.push(vm);
    } catch (error) {
      failures.push({ error });
    }
  });
  return { done, failures };
}

/** Its part of every snapshot was removed with its disk; a snapshot without other parts is removed too. */
async function forgetInSnapshots(services: Pick<Services, 'inventory' | 'thumbnails'>, vmId: string): Promise<void> {
  const { inventory } = services;
  for (const snapshot of inventory.snapshots()) {
    if (!snapshot.vms.some((part) => part.vmId === vmId && !part.removed)) continue;
    const vms = snapshot.vms.map((part) => (part.vmId === vmId ? { ...part, removed: true } : part));
    inventory.putSnapshot({ ...snapshot, vms });
  }
  // One at a time: dropping one moves the parents of others.
  const empty = () => inventory.snapshots().find(({ vms }) => vms.every((part) => part.removed));
  for (let snapshot = empty(); snapshot; snapshot = empty()) await dropSnapshot(services, snapshot);
}
