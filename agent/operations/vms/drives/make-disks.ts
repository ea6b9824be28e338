// Creates the disks of new VMs: the boot disk cloned from the image (or empty, to install on), further empty ones, firmware
// variables.
import { BOOT_DISK, TtError, bootDiskMiB } from '@tt/protocol';
import { type UefiPlace, VARIABLES_MIB } from '../../../firmware/uefi.ts';
import type { VmRecord } from '../../../state/vm-record.ts';
import { FIRMWARE_DISK } from '../../../storage/disk-name.ts';
import type { DiskSource } from '../../../storage/interface.ts';
import type { Services } from '../../services.ts';
import { NO_IMAGE } from '../plan-vms.ts';

/** Whoever calls takes them back with `storage.destroyImage` when it rejects, as it does when `signal` aborts. */
export async function makeDisks(services: Services, vm: VmRecord, signal?: AbortSignal): Promise<void> {
  const { storage } = services;
  await storage.createImage(vm.id, sourceOf(services, vm), bootDiskMiB(vm.spec), { ...(signal && { signal }) });
  services.checkpoint('disk');
  for (const { name, sizeMiB } of vm.spec.disks) {
    if (name !== BOOT_DISK) await storage.addDisk(vm.id, name, sizeMiB);
  }
  if (vm.spec.firmware === 'uefi') await makeVariables(services, vm);
}

/** In a lab a boot disk starts from the base image of its profile. */
function sourceOf(
  { baseImages, images, labs }: Pick<Services, 'images' | 'labs' | 'baseImages'>,
  { origin: { base, image } }: VmRecord,
): DiskSource | null {
  if (image === NO_IMAGE) return null;
  const own = base && labs.version(base);
  return base && own && !own.isImage ? baseImages.diskOf(base) : images.ready(image).disk;
}

/** Gives the VM firmware variables unless it has some. Throws FEATURE_UNSUPPORTED where there is no UEFI firmware. */
export async function makeVariables(
  services: Pick<Services, 'storage' | 'uefi' | 'checkpoint'>,
  vm: VmRecord,
): Promise<void> {
  const { storage, uefi } = services;
  const place = mustHaveUefi(services, vm);
  if ((await storage.disks(vm.id)).includes(FIRMWARE_DISK)) return;
  await storage.addDisk(vm.id, FIRMWARE_DISK, VARIABLES_MIB, await uefi.variables(place));
  services.checkpoint('variables made');
}

/** Of the host; `featuresFor` checks whether the engine supports UEFI. Throws FEATURE_UNSUPPORTED, saying what to install. */
export function mustHaveUefi({ uefi }: Pick<Services, 'uefi'>, vm: Pick<VmRecord, 'name'>): UefiPlace {
  const place = uefi.find();
  if (place) return place;
  throw new TtError('FEATURE_UNSUPPORTED', {
    feature: 'uefiPackage',
    where: vm.name,
  });
}
