// Leftovers of killed builds are removed, and nothing else.
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from './temporary-folder.ts';

const random = '01234567-89ab-cdef-0123-456789abcdef';
/** Above the kernel's largest possible pid. */
const deadPid = 2 ** 22 + 1;

test('makes a folder and removes those of processes that are gone', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'tiny-temporary-'));
  try {
    const dead = `image.building-${deadPid}-${random}`;
    const kept = [
      'image',
      'image.building-notes',
      `image.building-${process.pid}-${random}`,
      `other-${deadPid}-${random}`,
    ];
    for (const name of [dead, ...kept]) await mkdir(join(parent, name));
    const made = await makeTemporaryFolder(join(parent, 'image.building'));
    expect((await readdir(parent)).sort()).toEqual([...kept, basename(made)].sort());
  } finally {
    await rm(parent, { recursive: true });
  }
});
