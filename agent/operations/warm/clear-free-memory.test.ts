// What a real guest has written and given back is not in its saved memory once that was cleared, and nothing in the guest shows that it was.
// @module-tag deep
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SavedGuests } from '../../engines/qemu/test-saved-guests.ts';
import { clearFreeMemory } from './clear-free-memory.ts';

const PAGE_BYTES = 4096;
const SECRET = 'password of the last tester';
/** 14 MiB of it, twice as many each time. */
const WRITE = `cd /dev/shm; echo '${SECRET}' >a; for i in $(seq 19); do cat a a >b; mv b a; done; rm a; cd /`;
const { signal } = new AbortController();

let saved: SavedGuests;
beforeEach(async () => {
  saved = await SavedGuests.make();
});
afterEach(() => saved.remove());

async function pagesWithSecret(ramFile: string): Promise<number> {
  let count = 0;
  for await (const pages of createReadStream(ramFile, { highWaterMark: 256 * PAGE_BYTES })) {
    const bytes = pages as Buffer;
    for (let at = 0; at < bytes.length; at += PAGE_BYTES) {
      if (bytes.subarray(at, at + PAGE_BYTES).includes(SECRET)) count++;
    }
  }
  return count;
}

it('leaves nothing of what it has given back', async () => {
  const { vm } = await saved.start('vm1');
  const ramOf = async (tag: string) => {
    await saved.save(vm, tag);
    const [ramFile] = saved.snapshots.ramFilesOf('vm1', tag);
    return ramFile ?? expect.unreachable('it has one');
  };
  const surroundings = () => saved.run(vm, 'mount; ls -A /tmp');
  await saved.run(vm, WRITE);
  const before = await surroundings();
  const dirty = await ramOf('tt-a');
  expect(await pagesWithSecret(dirty)).toBeGreaterThan(2_000);

  expect(await clearFreeMemory('tiny', vm, signal)).toBe(true);
  const clean = await ramOf('tt-b');
  // A part of what is free is left as it was.
  expect(await pagesWithSecret(clean)).toBeLessThan(500);
  expect((await stat(clean)).blocks).toBeLessThan((await stat(dirty)).blocks);
  expect(await surroundings()).toBe(before);
}, 300_000);
