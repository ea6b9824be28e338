// The disk of a new VM: a clone of its image or, in a lab, of a base of its profile.
import type { DiskSource } from '../storage/interface.ts';
import type { VmRecord } from '../state/records.ts';
import type { Services } from './services.ts';

/** Rejects as the storage does. */
export async function makeDisk(services: Services, vm: VmRecord): Promise<void> {
  await services.storage.createImage(vm.id, sourceOf(services, vm), vm.resources.diskMiB);
}

function sourceOf({ bases, images, labs }: Services, { base, image }: VmRecord): DiskSource {
  const own = base && labs.version(base);
  return base && own && !own.isImage ? bases.diskOf(base) : images.ready(image).disk;
}
