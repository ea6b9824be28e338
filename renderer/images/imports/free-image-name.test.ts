// Files that are dropped together get names of their own.
import { expect, test } from 'vitest';
import { freeImageName } from './free-image-name.ts';

test.each([
  [[], 'qemu:net:iso'],
  [['qemu:net:iso'], 'qemu:net-2:iso'],
  [['qemu:net:iso', 'qemu:net-2:iso'], 'qemu:net-3:iso'],
  [['qemu:net-2:iso'], 'qemu:net:iso'],
])('besides %j a medium is %s', (taken: string[], name) => {
  expect(freeImageName('qemu:net:iso', (one) => taken.includes(one))).toBe(name);
});

test('of a disk the variant is another', () => {
  expect(freeImageName('qemu:web:default', (one) => one === 'qemu:web:default')).toBe('qemu:web:default-2');
});
