// A folder is looked at a moment after something changed in it, not at the next look that comes anyway. The clock is the test's; the
// system's notifications are real.
import { once } from 'node:events';
import { watch as watchFolder } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FolderWatch } from './folder-watch.ts';

const GATHER_MS = 100;
const SOON_MS = 300;
const SELDOM_MS = 10_000;

let folder: string;
let looks: number;
let isComing: boolean;
let watch: FolderWatch;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-watch-'));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  [looks, isComing] = [0, false];
  watch = new FolderWatch((error) => {
    throw error;
  });
  watch.start({
    folders: () => [folder],
    look: async () => {
      looks++;
      return isComing;
    },
  });
});
afterEach(async () => {
  await watch.close();
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

/** Until what is due then has been done. Not more of it than is due: others in this process may poll. */
async function pass(ms: number): Promise<void> {
  vi.advanceTimersByTime(ms);
  await new Promise(setImmediate);
}

it('looks seldom while nothing changes, and soon after something has', async () => {
  await pass(GATHER_MS);
  expect(looks).toBe(1);
  await pass(SELDOM_MS - 1);
  expect(looks).toBe(1);
  await pass(1);
  expect(looks).toBe(2);
  const other = watchFolder(folder);
  const isNoticed = once(other, 'change');
  await writeFile(path.join(folder, 'new'), '');
  await isNoticed;
  // All who watch a folder are notified in one turn of the event loop.
  await new Promise(setImmediate);
  other.close();
  await pass(GATHER_MS);
  expect(looks).toBe(3);
});

it('looks again soon while something is still coming', async () => {
  isComing = true;
  for (const ms of [GATHER_MS, SOON_MS, SOON_MS]) await pass(ms);
  expect(looks).toBe(3);
});
