// Main and preload must name the same channels, and the preload must stay small and plain.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { channels } from './channels.ts';

const preload = await readFile(path.join(import.meta.dirname, '..', '..', 'preload', 'preload.ts'), 'utf8');

it('uses the channels the preload uses', () => {
  const named = [...preload.matchAll(/'(tt:[a-z-]+)'/g)].map((match) => match[1]);
  expect(new Set(named)).toEqual(new Set(Object.values(channels)));
});

it('keeps the preload under 60 lines', () => {
  expect(preload.split('\n').length).toBeLessThan(60);
});
