// Deletes an unused image, under the lock in which VMs are given their image, so that no VM gets a deleted one.
import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { sweepSources } from '../background/sweep-sources.ts';
import { defineOperation } from '../define-operation.ts';
import type { Services } from '../services.ts';
import { onImage } from '../targets.ts';
import { sweepWarm } from '../warm/remove-warm.ts';
import { mustBeUnused } from './image-users.ts';

export const deleteImageOperation = defineOperation({
  kind: 'image.delete',
  ...onImage,
  cancellable: false,
  frees: true,
  run: ({ services, input }) => deleteImage(services, input.name),
});

/** What can't be read is deleted too. Out of the list in one step, then off the disk. */
async function deleteImage(services: Services, name: string): Promise<{ name: string }> {
  const { images, allocation } = services;
  const gone = await allocation.run(async () => {
    mustBeUnused(services, name);
    const place = images.placeOf(name);
    // A name that is never looked at; what a crash leaves there goes at the next start.
    const aside = path.join(images.directory, `.deleted-${process.pid}-${randomUUID()}`);
    await images.change(() => rename(place, aside));
    return aside;
  });
  services.checkpoint('image set aside');
  await services.warm.stopMaking(name);
  await sweepWarm(services);
  services.imageUses.forget(name);
  await rm(gone, { recursive: true, force: true });
  await sweepSources(services);
  return { name };
}
