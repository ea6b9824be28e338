// The disks of new VMs: the boot disk cloned from the image (or empty, to install on), more empty ones, firmware variables.
import { BOOT_DISK, TtError } from '@tt/protocol';
import { UEFI_PACKAGES, type UefiPlace, VARIABLES_MIB } from '../../../firmware/uefi.ts';
import type { VmRecord } from '../../../state/records.ts';
import type { DiskSource } from '../../../storage/interface.ts';
import { FIRMWARE_DISK } from '../../../storage/disk-name.ts';
import { NO_IMAGE } from '../plan-vms.ts';
import { type Machine, mustHaveFeature } from '../engine-features.ts';
import type { Services } from '../../services.ts';

/** Whoever calls takes them back with `storage.destroyImage` when it rejects. */
export async function makeDisks(services: Services, vm: VmRecord): Promise<void> {
  const { storage } = services;
  await storage.createImage(vm.id, sourceOf(services, vm), vm.resources.diskMiB);
  services.checkpoint('disk');
  for (const { name, sizeMiB } of vm.disks) {
    if (name !== BOOT_DISK) await storage.addDisk(vm.id, name, sizeMiB);
  }
  if (vm.firmware === 'uefi') await makeVariables(services, vm);
}

/** In a lab a boot disk begins as a base of its profile. */
function sourceOf({ bases, images, labs }: Services, { base, image }: VmRecord): DiskSource | null {
  if (image === NO_IMAGE) return null;
  const own = base && labs.version(base);
  return base && own && !own.isImage ? bases.diskOf(base) : images.ready(image).disk;
}

/** Gives the VM firmware variables unless it has some. Throws FEATURE_UNSUPPORTED where there is no UEFI firmware. */
export async function makeVariables(services: Services, vm: VmRecord): Promise<void> {
  const { storage, uefi } = services;
  const place = mustHaveUefi(services, vm);
  if ((await storage.disks(vm.id)).includes(FIRMWARE_DISK)) return;
  await storage.addDisk(vm.id, FIRMWARE_DISK, VARIABLES_MIB, await uefi.variables(place));
  services.checkpoint('variables made');
}

/** Throws FEATURE_UNSUPPORTED, saying what to install. */
export function mustHaveUefi(services: Services, vm: Machine): UefiPlace {
  mustHaveFeature(services, vm, 'uefi');
  const place = services.uefi.find();
  if (place) return place;
  throw new TtError('FEATURE_UNSUPPORTED', {
    feature: `UEFI firmware: install ${UEFI_PACKAGES}`,
    where: `The host of ${vm.name}`,
  });
}
