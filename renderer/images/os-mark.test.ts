// The systems of an ENV are counted, those with most machines first; known systems have glyphs, others letters.
import { expect, test } from 'vitest';
import { osFamily } from './os-family.ts';
import { osGlyph } from './os-glyphs.ts';
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

test.each(['alpine-3.20', 'debian-12', 'Debian-13', 'fedora-41', 'freebsd-14', 'rocky-9', 'tiny-2', 'ubuntu-24.04'])(
  '%s has a glyph',
  (os) => {
    expect(osGlyph(osFamily(os))).toMatch(/^M/);
  },
);

test('each recipe for Windows has the same glyph; an unknown system has none', () => {
  const [desktop, server] = ['windows-11', 'windows-server-2022'].map((os) => osGlyph(osFamily(os)));
  expect([desktop === server, desktop === null]).toEqual([true, false]);
  expect(['haiku', 'constructor', 'toString', ''].map(osGlyph)).toEqual([null, null, null, null]);
});

test('what is drawn are paths of numbers alone', () => {
  for (const family of ['debian', 'ubuntu', 'openbsd', 'rhel', 'windows']) {
    expect(osGlyph(family)).toMatch(/^[MLHVCSAZmlhvcsaz\d .-]+$/);
  }
});
