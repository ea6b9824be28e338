// Renames an unused image, under the lock in which VMs are given their image, so that no VM gets the old name.
import { type Image, isValidImageName, parseImageName, TtError } from '@tt/protocol';
import { putMedium, replaceManifest } from '../../images/write-image.ts';
import { defineOperation } from '../define-operation.ts';
import type { Services } from '../services.ts';
import { onImage } from '../targets.ts';
import { sweepWarm } from '../warm/remove-warm.ts';
import { mustBeUnused } from './image-users.ts';

export const renameImageOperation = defineOperation({
  kind: 'image.rename',
  ...onImage,
  cancellable: false,
  run: ({ services, input }) => renameImage(services, input.name, input.newName),
});

/** The folder keeps its own name: nothing of the image moves. */
async function renameImage(services: Services, name: string, newName: string): Promise<Image> {
  const { engines, images, allocation } = services;
  const { kind, engine } = images.show(name);
  const isMedium = parseImageName(newName)?.variant === 'iso';
  if (!isValidImageName(newName) || isMedium !== (kind === 'iso')) {
    throw new TtError('IMAGE_NAME_INVALID', { imageName: newName });
  }
  engines.ownerOf(newName);
  // What lies in it is of its engine.
  if (parseImageName(newName)?.engine !== engine) throw new TtError('IMAGE_NAME_INVALID', { imageName: newName });
  await allocation.run(async () => {
    // Before the new name is held: nobody is told of an image that does not come.
    mustBeUnused(services, name);
    await images.make(newName, async () => {
      const place = images.placeOf(name);
      await images.change(async () => {
        if (kind === 'iso') {
          await putMedium(place, images.directory, parseImageName(newName)?.os ?? 'medium');
        } else await replaceManifest(place, { ...images.ready(name).manifest, name: newName });
      });
    });
  });
  // Its VMs would not find it by the new name.
  await services.warm.stopMaking(name);
  await sweepWarm(services);
  services.imageUses.forget(name);
  images.tell();
  services.checkpoint('image renamed');
  return images.show(newName);
}
