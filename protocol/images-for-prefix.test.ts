// Which images a typed OS prefix selects, depending on their state.
import { expect, it } from 'vitest';
import { type Image, imagesForPrefix } from './model/image.ts';

const image = (name: string, state: Image['state'], kind: Image['kind'] = 'disk') =>
  ({ name, state, kind, problem: null }) as Image;
const found = (prefix: string, ...images: Image[]) => imagesForPrefix(images, prefix).map(({ name }) => name);

it.each([
  ['all that are ready', ['qemu:tiny-1:default', 'qemu:tiny-2:default'], ['ready', 'ready']],
  ['the one that is ready, and none that is absent', ['qemu:tiny-2:default'], ['absent', 'ready']],
  ['the one that is ready, and none that is being built', ['qemu:tiny-2:default'], ['building', 'ready']],
  ['the one that is being built, and none that is absent', ['qemu:tiny-1:default'], ['building', 'absent']],
  ['the one that failed, and none that is absent', ['qemu:tiny-2:default'], ['absent', 'failed']],
  ['all where none is more than a recipe', ['qemu:tiny-1:default', 'qemu:tiny-2:default'], ['absent', 'absent']],
] as const)('are %s', (_what, expected, [first, second]) => {
  expect(found('tiny', image('qemu:tiny-1:default', first), image('qemu:tiny-2:default', second))).toEqual(expected);
});

it('is the one with exactly this name, however it is, and never a medium', () => {
  const images = [
    image('qemu:tiny:default', 'absent'),
    image('qemu:tiny:other', 'ready'),
    image('qemu:tiny:iso', 'ready', 'iso'),
  ];
  expect(found('qemu:tiny:default', ...images)).toEqual(['qemu:tiny:default']);
  expect(found('tiny', ...images)).toEqual(['qemu:tiny:other']);
});
