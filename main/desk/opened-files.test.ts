// Files that were opened with TT: read by their ids and as they were; what is no file, or another one by now, is refused.
import { mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MAX_READ_BYTES, MOST_OPENED, type OpenedFile, OpenedFiles, readRequestSchema } from './opened-files.ts';

let folder: string;
let opened: OpenedFiles;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-opened-'));
  opened = new OpenedFiles();
});
afterEach(() => rm(folder, { recursive: true }));

async function take(name: string): Promise<OpenedFile> {
  const one = await opened.take(path.join(folder, name));
  if (!one.ok) throw new Error(`${one.name}: ${one.why}`);
  return one.file;
}

const textOf = async (id: string, start: number, end: number) =>
  Buffer.from(await opened.read({ id, start, end })).toString();
const gone = 'no such file was opened';
const changed = 'has changed since';

it('gives the window a name and a size, and the bytes by an id', async () => {
  await writeFile(path.join(folder, 'disk.qcow2'), '0123456789');
  const file = await take('disk.qcow2');
  expect(file).toEqual({ id: expect.any(String), kind: 'image', name: 'disk.qcow2', sizeBytes: 10 });
  expect([await textOf(file.id, 0, 10), await textOf(file.id, 3, 5), await textOf(file.id, 10, 10)]).toEqual([
    '0123456789',
    '34',
    '',
  ]);
  await expect(textOf(file.id, 5, 11)).rejects.toThrow(gone);
  await expect(textOf(crypto.randomUUID(), 0, 1)).rejects.toThrow(gone);
});

it('reads nothing of a file that is another one by now', async () => {
  const file = path.join(folder, 'demo.tt-capsule');
  await writeFile(file, 'capsule');
  await writeFile(path.join(folder, 'secret'), 'secrets');
  const first = await take('demo.tt-capsule');
  await rename(path.join(folder, 'secret'), file);
  await expect(textOf(first.id, 0, 7)).rejects.toThrow(changed);
  const second = await take('demo.tt-capsule');
  await truncate(file, 3);
  await expect(textOf(second.id, 0, 7)).rejects.toThrow(changed);
  await rm(file);
  await expect(textOf(second.id, 0, 1)).rejects.toThrow('ENOENT');
});

it('says why one is not opened', async () => {
  await mkdir(path.join(folder, 'folder.iso'));
  await symlink('folder.iso', path.join(folder, 'link.iso'));
  await writeFile(path.join(folder, 'empty.ova'), '');
  await writeFile(path.join(folder, 'large.yaml'), 'x'.repeat(300 * 1024));
  await writeFile(path.join(folder, 'run.sh'), '#!/bin/sh\n');
  const whys = ['folder.iso', 'link.iso', 'empty.ova', 'large.yaml', 'run.sh', 'none.iso'].map((name) =>
    opened.take(path.join(folder, name)),
  );
  expect((await Promise.all(whys)).map((one) => one.ok || one.why)).toEqual([
    'noFile',
    'noFile',
    'empty',
    'tooLarge',
    'kind',
    'unreadable',
  ]);
});

it('remembers so many', async () => {
  await writeFile(path.join(folder, 'a.iso'), 'x');
  const first = await take('a.iso');
  const last: OpenedFile[] = [];
  while (last.length < MOST_OPENED) last.push(await take('a.iso'));
  await expect(textOf(first.id, 0, 1)).rejects.toThrow(gone);
  expect(await textOf(last[0]?.id ?? '', 0, 1)).toBe('x');
});

it('a window asks for a stretch of one file, and not for much at once', () => {
  const id = crypto.randomUUID();
  const isTaken = (request: unknown) => readRequestSchema.safeParse(request).success;
  expect(isTaken({ id, start: 5, end: 5 + MAX_READ_BYTES })).toBe(true);
  for (const request of [
    { id, start: 0, end: MAX_READ_BYTES + 1 },
    { id, start: 2, end: 1 },
    { id, start: -1, end: 1 },
    { id, start: 0.5, end: 1 },
    { id: '/etc/passwd', start: 0, end: 1 },
    { id, start: 0, end: 1, file: '/etc/passwd' },
  ])
    expect(isTaken(request)).toBe(false);
});
