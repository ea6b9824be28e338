// Removes a VM with everything it has on the host. Used by delete, by the undo of create, and by the clean-up at start.
import { dropSnapshot } from './delete-snapshot.ts';
import type { Services } from './services.ts';
import { bareSpec } from './vm-spec.ts';

/** Idempotent: finishes what an earlier, interrupted removal began. */
export async function removeVm(services: Services, vmId: string): Promise<void> {
  const { inventory, engine, storage, firewall, network } = services;
  if (!inventory.hasVm(vmId)) return;
  const vm = inventory.vm(vmId);
  if (vm.state !== 'deleting') inventory.updateVm(vmId, { state: 'deleting' });
  const spec = bareSpec(services, vm);
  const handle = services.running.get(vmId);
  if (vm.process) await engine.stop(spec, vm.process);
  if (handle) await handle.exited;
  await engine.destroy(spec);
  await network.unsetNet({ mac: vm.mac, portMap: vm.portMap, denyOutgoing: false });
  await firewall.withdraw(vm.portMap);
  await storage.destroyImage(vmId);
  forgetInSnapshots(services, vmId);
  inventory.deleteVm(vmId);
  services.logger.info({ vmId, vmName: vm.name }, 'vm removed');
}

/** Its part of every snapshot went with its disk; a snapshot that held nothing else is gone too. */
function forgetInSnapshots({ inventory }: Services, vmId: string): void {
  for (const snapshot of inventory.snapshots()) {
    if (!snapshot.vms.some((part) => part.vmId === vmId && !part.removed)) continue;
    const vms = snapshot.vms.map((part) => (part.vmId === vmId ? { ...part, removed: true } : part));
    inventory.putSnapshot({ ...snapshot, vms });
  }
  // One at a time: dropping one moves the parents of others.
  const empty = () => inventory.snapshots().find(({ vms }) => vms.every((part) => part.removed));
  for (let snapshot = empty(); snapshot; snapshot = empty()) dropSnapshot(inventory, snapshot);
}
