// Bytes on the host: holes are free, links are not followed, what is not there takes nothing.
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { allocatedBytes } from './allocated-bytes.ts';

const MIB = 1024 * 1024;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-allocated-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('counts blocks, not sizes, of a file and of all below a folder', async () => {
  const inner = path.join(folder, 'inner');
  await mkdir(inner);
  await writeFile(path.join(inner, 'full'), Buffer.alloc(MIB, 1), { flush: true });
  await using sparse = await open(path.join(folder, 'sparse'), 'w');
  await sparse.truncate(64 * MIB);
  await symlink(inner, path.join(folder, 'link'));
  expect(await allocatedBytes(path.join(inner, 'full'))).toBeGreaterThanOrEqual(MIB);
  const all = await allocatedBytes(folder);
  expect(all).toBeGreaterThanOrEqual(MIB);
  expect(all).toBeLessThan(2 * MIB);
  expect(await allocatedBytes(path.join(folder, 'missing'))).toBe(0);
});
