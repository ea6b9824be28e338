// The VM that is booted to warm an image: in no ENV and not in the inventory, so nobody sees it, and alone behind user networking
// without any way out, so that its guest has talked to nobody when it is saved.
import { type PlainRequest, plainOf, TtError } from '@tt/protocol';
import type { RunningVm } from '../../engines/interface.ts';
import { createMac } from '../../network/mac.ts';
import { nicsOf, type VmRecord } from '../../state/vm-record.ts';
import { admitRequest, allocatedNow } from '../capacity/capacity.ts';
import { admit, allocatedTo } from '../capacity/capacity-check.ts';
import { startFailure } from '../engine-failure.ts';
import { checkDrives } from '../envs/create-env.ts';
import type { Services } from '../services.ts';
import { newVm, takenUids } from '../vms/allocate.ts';
import { launch } from '../vms/boot-vm.ts';
import { mustHaveFeatures } from '../vms/engine-features.ts';
import { bareSpec } from '../vms/launch-spec.ts';
import { type PlannedVm, planVms } from '../vms/plan-vms.ts';

/** Absent: as for any new VM of the image. */
export type WarmRequest = PlainRequest & { diskMiB?: number | undefined; nicCount?: number | undefined };

/**
 * Throws IMAGE_NOT_FOUND, IMAGE_NOT_READY, IMAGE_WRONG_KIND, IMAGE_NOT_WARMABLE, MEMORY_TOO_SMALL, DISK_TOO_SMALL,
 * FEATURE_UNSUPPORTED, ENGINE_UNKNOWN or ENGINE_MISSING.
 */
export function planHidden(services: Services, imageName: string, request: WarmRequest): PlannedVm {
  const { images, engines } = services;
  images.ready(imageName);
  const { diskMiB, nicCount = 1 } = request;
  const nics = Array.from({ length: nicCount }, () => ({ kind: 'user' as const }));
  const group = { osPrefix: imageName, nics, ...plainOf(request), ...(diskMiB !== undefined && { diskMiB }) };
  const [planned] = planVms({
    envName: '',
    groups: [group],
    images: images.list(),
    engines,
    defaultNetKind: 'user',
    takenNames: new Set(),
  });
  if (!planned) throw new TtError('IMAGE_NOT_FOUND', { wanted: imageName, suggestions: [] });
  const vm = { ...planned, name: imageName };
  if (!vm.image.features.includes('guestAgent')) {
    throw new TtError('IMAGE_NOT_WARMABLE', { imageName, reason: 'noGuestAgent' });
  }
  // Each of its VMs gets a seed of its own, which its guest reads at its first boot.
  if (vm.cloudInit) throw new TtError('IMAGE_NOT_WARMABLE', { imageName, reason: 'cloudInit' });
  mustHaveFeatures(services, vm, ['liveSnapshot']);
  checkDrives(services, [vm]);
  return vm;
}

/**
 * Reserves what it needs while it runs, in the quota of `owner`; null: in nobody’s. Runs inside `services.allocation`. Throws CPU_EXHAUSTED,
 * MEMORY_EXHAUSTED, DISK_EXHAUSTED or QUOTA_EXCEEDED, or as the pool of users does. `release` it when it has ended.
 */
export async function reserveHidden(
  services: Services,
  planned: PlannedVm,
  owner: string | null,
): Promise<{ vm: VmRecord; release: () => void }> {
  const wanted = allocatedTo([{ state: 'creating', spec: planned.spec }]);
  if (owner === null) admit(services.limits.total(), allocatedNow(services), wanted);
  else admitRequest(services, [owner], { envs: 0, vms: 0, ...wanted });
  const users = await services.vmUsers?.allocate(1, takenUids(services)).catch(async (error: unknown) => {
    throw await startFailure(services, planned, error);
  });
  const macs = new Set(services.inventory.vms().flatMap((vm) => vm.placement.nics.map(({ mac }) => mac)));
  const nics = planned.spec.nics.map(() => {
    const mac = createMac(macs);
    macs.add(mac);
    return { mac, ip: null, tap: null };
  });
  const place = { nics, portMap: [], confinement: users?.[0] ?? null };
  const vm = newVm(services, { name: '', sharedUuid: null }, planned, place);
  return { vm, release: services.reservations.addBeside({ owner, ...wanted }) };
}

/** Boots it. Rejects as `bootVm`; nothing runs then. */
export async function bootHidden(services: Services, vm: VmRecord, signal: AbortSignal): Promise<RunningVm> {
  const nics = nicsOf(vm).map(({ mac }) => ({ kind: 'user' as const, mac, forwards: [], denyOutgoing: true }));
  const spec = { ...bareSpec(services, vm), nics, seed: null };
  try {
    return await launch(services, services.engines.usable(vm.placement.engine), vm, { spec, signal });
  } catch (error) {
    await services.cgroups.destroy(vm.id);
    throw await startFailure(services, vm, error);
  }
}
