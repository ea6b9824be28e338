// Discarded writes: a machine of a session starts each run with a fresh disk over the current base image of its profile, and its
// writes are removed as soon as it stops. Called by boot, halt and a periodic check.
import { eachApartInTurn } from '../../host/each-apart.ts';
import { mustBeClosed } from '../../labs/sessions.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { StorageError } from '../../storage/errors.ts';
import type { Services } from '../services.ts';
import { makeDisks } from './drives/make-disks.ts';

/**
 * Called before a VM runs; one that keeps its writes is returned unchanged. Rejects with PROFILE_IN_ADMIN_SESSION, or like the
 * storage.
 */
export async function beginFresh(services: Services, vm: VmRecord): Promise<VmRecord> {
  if (!vm.origin.discardWrites || !vm.origin.base) return vm;
  const { inventory, labs, baseImages, images } = services;
  const { profileName } = vm.origin.base;
  mustBeClosed(services, profileName);
  const profile = labs.profile(profileName);
  const current = labs.current(profile);
  const base = { profileName, version: current.version };
  const boot = current.isImage
    ? images.ready(vm.origin.image).boot
    : baseImages.bootOf(base, current.boot?.append ?? null);
  if (vm.status.isDirty || vm.origin.base.version !== base.version) {
    inventory.updateVm(vm.id, { origin: { base }, placement: { boot }, status: { isDirty: true } });
    services.checkpoint('old writes');
    await remake(services, vm.id);
  }
  // Written down before it runs: whatever happens, nothing it writes outlives this run.
  return inventory.updateVm(vm.id, { origin: { base }, placement: { boot }, status: { isDirty: true } });
}

/** Discards the writes of a stopped VM. One that cannot be renewed now stays marked, for the next check. */
export async function dropWrites(services: Services, vmId: string): Promise<void> {
  try {
    await renew(services, vmId);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const { name: vmName } = services.inventory.vm(vmId);
    services.logger.warn({ err: error, vmId, vmName }, 'could not discard its writes now');
  }
}

/** Guests that powered off by themselves, or died: their writes go here. Called now and then; rejects as the storage does. */
export async function dropLeftWrites(services: Services): Promise<void> {
  const { inventory, locks, reservations } = services;
  await eachApartInTurn(inventory.vms(), async ({ id }) => {
    const vm = inventory.findVm(id);
    if (
      !vm?.origin.discardWrites ||
      !vm.status.isDirty ||
      (vm.status.state !== 'stopped' && vm.status.state !== 'failed')
    )
      return;
    if (reservations.has(vm.id) || locks.isHeld(vm.envName)) return;
    await locks.hold(vm.envName, 'discarded-writes', () => renew(services, vm.id));
  });
}

async function renew(services: Services, vmId: string): Promise<void> {
  const { inventory } = services;
  const vm = inventory.vm(vmId);
  if (!vm.origin.discardWrites || !vm.status.isDirty) return;
  await remake(services, vmId);
  inventory.updateVm(vmId, { status: { isDirty: false } });
  services.checkpoint('writes dropped');
}

async function remake(services: Services, vmId: string): Promise<void> {
  await services.storage.destroyImage(vmId);
  await makeDisks(services, services.inventory.vm(vmId));
}
