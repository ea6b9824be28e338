// How permission bits are written.
import { expect, it } from 'vitest';
import { modeText } from './mode-text.ts';

it.each([
  [0o644, 'rw-r--r--'],
  [0o4755, 'rwsr-xr-x'],
  [0o2640, 'rw-r-S---'],
  [0o1777, 'rwxrwxrwt'],
])('writes mode %o as %s', (mode, text) => {
  expect(modeText(mode)).toBe(text);
});
