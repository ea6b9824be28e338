// Files of a window are opened only as the page was told of them; whoever tries is not let try for ever.
import { mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ChosenFile, ChosenFiles, chosenFileSchema, MOST_MISTAKEN } from './chosen-files.ts';

let folder: string;
let chosen: ChosenFiles;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-chosen-'));
  chosen = new ChosenFiles();
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<ChosenFile> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return told(file);
}

async function told(file: string): Promise<ChosenFile> {
  const { size, mtimeMs } = await stat(file);
  return { path: file, sizeBytes: size, changedAtMs: Math.floor(mtimeMs) };
}

/** Its text, or null where it is not opened. */
async function textOf(file: ChosenFile): Promise<string | null> {
  const opened = await chosen.open(file);
  if (!opened) return null;
  const bytes = await opened.read(0, opened.facts.sizeBytes);
  await opened.close();
  return Buffer.from(bytes).toString();
}

it('opens the file that was chosen', async () => {
  const file = await write('disk.raw', 'bytes');
  await symlink('disk.raw', path.join(folder, 'link.raw'));
  expect([await textOf(file), await textOf({ ...file, path: path.join(folder, 'link.raw') })]).toEqual([
    'bytes',
    'bytes',
  ]);
});

it('opens nothing that is not what the page was told of', async () => {
  const file = await write('disk.raw', 'bytes');
  await mkdir(path.join(folder, 'folder'));
  const others: ChosenFile[] = [
    { ...file, sizeBytes: file.sizeBytes - 1 },
    { ...file, changedAtMs: file.changedAtMs + 2 },
    { ...file, path: path.join(folder, 'none') },
    { ...file, path: path.relative(process.cwd(), file.path) },
    { ...file, path: `${file.path}\0` },
    await told(path.join(folder, 'folder')),
    await told('/dev/null'),
  ];
  for (const other of others) expect([other, await textOf(other)]).toEqual([other, null]);
  expect(await textOf({ ...file, path: '' })).toBeNull();
  await utimes(file.path, 1, 1);
  expect(await textOf(file)).toBeNull();
  expect(await textOf(await told(file.path))).toBe('bytes');
});

it('opens nothing any more for whoever was wrong too often', async () => {
  const file = await write('disk.raw', 'bytes');
  for (let wrong = 1; wrong < MOST_MISTAKEN; wrong++) await textOf({ ...file, sizeBytes: 1 });
  // What is no file of this computer is no mistake.
  for (let none = 0; none < MOST_MISTAKEN; none++) await textOf({ ...file, path: '' });
  expect(await textOf(file)).toBe('bytes');
  await textOf({ ...file, sizeBytes: 1 });
  expect(await textOf(file)).toBeNull();
});

it('takes whole numbers and one path', () => {
  const good = { path: '/a', sizeBytes: 0, changedAtMs: -1 };
  const isTaken = (file: unknown) => chosenFileSchema.safeParse(file).success;
  expect(isTaken(good)).toBe(true);
  for (const bad of [
    { ...good, path: 1 },
    { ...good, sizeBytes: -1 },
    { ...good, changedAtMs: 0.5 },
    { ...good, path: 'x'.repeat(40_000) },
    { ...good, more: 1 },
  ])
    expect(isTaken(bad)).toBe(false);
});
