// Renames and deletes images that nobody uses. Both happen in the step in which VMs are chosen their image, so that no VM is
// promised an image that goes.
import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Image, isValidImageName, parseImageName, TtError } from '@tt/protocol';
import { putMedium, replaceManifest } from '../../images/write-image.ts';
import { defineOperation } from '../define-operation.ts';
import { onImage } from '../targets.ts';
import { mustBeUnused } from './image-users.ts';
import type { Services } from '../services.ts';
import { sweepSources } from '../background/sweep-sources.ts';

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
  images.tell();
  services.checkpoint('image renamed');
  return images.show(newName);
}

export const deleteImageOperation = defineOperation({
  kind: 'image.delete',
  ...onImage,
  cancellable: false,
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
  await rm(gone, { recursive: true, force: true });
  await sweepSources(services);
  return { name };
}
