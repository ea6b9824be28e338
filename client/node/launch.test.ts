// Which file a program runs from: the built one only while none of its sources has changed.
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mainFile } from './launch.mjs';

let root: string;
const builtAt = Date.parse('2026-11-28T12:00:00Z');
const inside = (name: string) => path.join(root, name);
const touch = (name: string, ms: number) => utimes(inside(name), new Date(ms), new Date(ms));

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tt-launch-'));
  await mkdir(inside('out/cli'), { recursive: true });
  await mkdir(inside('cli'));
  await writeFile(inside('cli/main.ts'), '');
  await writeFile(inside('out/cli/main.js'), '');
  await writeFile(inside('out/cli/built-from.json'), JSON.stringify({ builtAt, sources: ['cli/main.ts'] }));
  await touch('cli/main.ts', builtAt - 1000);
});
afterEach(() => rm(root, { recursive: true }));

it('is the built one when all sources are older', () => {
  expect(mainFile(root, 'cli')).toBe(inside('out/cli/main.js'));
});

it('is the source when one was changed since, or is gone', async () => {
  await touch('cli/main.ts', builtAt + 1000);
  expect(mainFile(root, 'cli')).toBe(inside('cli/main.ts'));
  await rm(inside('cli/main.ts'));
  expect(mainFile(root, 'cli')).toBe(inside('cli/main.ts'));
});

it.each(['out/cli/main.js', 'out/cli/built-from.json'])('is the source without %s', async (file) => {
  await rm(inside(file));
  expect(mainFile(root, 'cli')).toBe(inside('cli/main.ts'));
});
