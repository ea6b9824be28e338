// A VM's folder is given to its user; what other VMs read too stays the agent's.
import { chown, lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addName, makeShared } from '../host/shared-file.ts';
import { giveFolder } from './disk-owner.ts';

const isRoot = process.geteuid?.() === 0;
const user = isRoot
  ? { uid: 2_001_000_777, gid: 2_001_000_777 }
  : { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tt-owner-'));
});
afterEach(() => rm(root, { recursive: true }));

it('has a disk of its own and memory that is not', async () => {
  const folder = path.join(root, 'vm1');
  await mkdir(folder);
  const [disk, ram, other] = [path.join(folder, 'disk'), path.join(folder, 'ram'), path.join(root, 'other')];
  await writeFile(disk, 'disk', { mode: 0o644 });
  await writeFile(ram, 'ram');
  await makeShared(ram, new AbortController().signal);
  // Whether another has a name of it now, or only an open file.
  for (const hasOther of [true, false]) {
    if (hasOther) await addName(ram, other);
    else await rm(other);
    await giveFolder(folder, user);
    const [given, kept] = [await lstat(disk), await lstat(ram)];
    expect([given.uid, given.mode & 0o777, kept.uid, kept.mode & 0o777]).toEqual([
      user.uid,
      0o600,
      process.geteuid?.(),
      0o444,
    ]);
  }
  if (isRoot) await chown(folder, 0, 0);
});
