// An image of the fake world by its name, or the first that a prefix means.
import { type Image, matchesOsPrefix, TtError } from '@tt/protocol';
import type { FakeWorld } from './world.ts';

export function findImage(world: FakeWorld, wanted: string): Image {
  const all = [...world.images.values()];
  const found = world.images.get(wanted) ?? all.find(({ name }) => matchesOsPrefix(name, wanted));
  if (!found) throw new TtError('IMAGE_NOT_FOUND', { wanted, near: [] });
  return found;
}
