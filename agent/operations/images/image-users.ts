// What uses an image: as long as anything does, it can be neither deleted nor renamed.
import { type ImageUse, TtError } from '@tt/protocol';
import { AGENT } from '../../access/owners.ts';
import type { Caller } from '../caller.ts';
import type { Services } from '../services.ts';

/** All that can name an image. */
type Records = Pick<Services, 'inventory' | 'labs'>;

/** In the order of their names. */
export function usersOfImage({ inventory, labs }: Records, imageName: string): ImageUse[] {
  const vms = inventory.vms();
  return [
    ...vms.filter((vm) => vm.origin.image === imageName).map(({ name }): ImageUse => ({ kind: 'vm', name })),
    ...vms
      .filter((vm) => vm.spec.cds.some(({ medium }) => medium === imageName))
      .map(({ name }): ImageUse => ({ kind: 'cd', name })),
    ...labs
      .profiles()
      .filter(({ image }) => image === imageName)
      .map(({ name }): ImageUse => ({ kind: 'profile', name })),
  ].sort((a, b) => a.name.localeCompare(b.name));
}

/** Throws IMAGE_IN_USE. */
export function mustBeUnused(services: Records, imageName: string): void {
  const users = usersOfImage(services, imageName);
  if (users.length > 0)
    throw new TtError('IMAGE_IN_USE', {
      imageName,
      users: users.map(({ name }) => name),
    });
}

/** Throws IMAGE_NOT_YOURS unless the caller imported the image, or is an administrator. */
export function mayChangeImage({ images }: Pick<Services, 'images'>, caller: Caller, imageName: string): void {
  const { owner } = images.show(imageName);
  if (caller.role === 'admin' || caller.name === owner) return;
  throw new TtError('IMAGE_NOT_YOURS', { imageName, owner: owner ?? AGENT.name });
}
