// The systems of an ENV are counted, those with most machines first.
import { expect, test } from 'vitest';
import { countSystems } from './OsMark.tsx';

test('systems with most machines come first, others in the order of their names', () => {
  const images = ['qemu:ubuntu:a', 'qemu:alpine:a', 'qemu:tiny:a', 'qemu:tiny:b', 'odd'];
  expect(countSystems(images)).toEqual([
    { os: 'tiny', count: 2 },
    { os: 'alpine', count: 1 },
    { os: 'odd', count: 1 },
    { os: 'ubuntu', count: 1 },
  ]);
});
