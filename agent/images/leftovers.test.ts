// What a killed agent left in the image folder is removed at the next start; images, and work of running processes, stay.
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { sweepLeftovers } from './leftovers.ts';

it('removes work in progress of processes that are gone, and nothing else', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'tt-leftovers-'));
  // Above the largest pid Linux gives.
  const gone = 4_194_305;
  const left = [`.import-${gone}-x`, `.publish-${gone}-x`, `.deleted-${gone}-tiny`, `.mine.building-${gone}`];
  const kept = [`.import-${process.ppid}-x`, '.hidden', 'tiny-2'];
  try {
    for (const name of [...left, ...kept]) await mkdir(path.join(directory, name));
    await sweepLeftovers(directory);
    expect((await readdir(directory)).sort()).toEqual(kept.sort());
  } finally {
    await rm(directory, { recursive: true });
  }
});
