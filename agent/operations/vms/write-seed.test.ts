// The seed is a file of its own in the folder of its VM, whatever that VM's user has put there.
import { link, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SshKeys } from '../../cloud-init/ssh-keys.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { writeSeed } from './write-seed.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-seed-'));
});
afterEach(() => rm(folder, { recursive: true }));

const inside = (name: string) => path.join(folder, name);
const isRoot = process.geteuid?.() === 0;
const OTHER = { uid: 1_000_000_007, gid: 1_000_000_007 };

const vm = {
  id: 'a',
  name: 'demo/a',
  envName: 'demo',
  hostname: 'a',
  createdAt: '2026-11-21T10:00:00.000Z',
  guest: { cloudInit: { readsSeeds: true, user: 'kim', password: null, sshKeys: [], files: [], commands: [] } },
  placement: { nics: [], ...(isRoot && { confinement: OTHER }) },
} as unknown as VmRecord;

const write = () => {
  const keys = new SshKeys(inside('keys'));
  const storage = { folderOf: () => folder };
  return writeSeed({ storage, sshKeys: keys, hostKeys: keys }, vm);
};

it.each([
  ['a link', symlink],
  ['a second name', link],
])('follows no %s to a file of somebody else', async (_what, make) => {
  await writeFile(inside('victim'), 'of the agent', { mode: 0o640 });
  const before = await stat(inside('victim'));
  await make(inside('victim'), inside('seed.iso'));
  await write();
  const after = await stat(inside('victim'));
  expect(await readFile(inside('victim'), 'utf8')).toBe('of the agent');
  expect([after.uid, after.mode]).toEqual([before.uid, before.mode]);
  const seed = await stat(inside('seed.iso'));
  expect([seed.mode & 0o777, seed.nlink, seed.uid]).toEqual([0o600, 1, isRoot ? OTHER.uid : process.geteuid?.()]);
});

it('replaces the one of the start before', async () => {
  await write();
  const before = await readFile(inside('seed.iso'));
  await write();
  expect((await readFile(inside('seed.iso'))).equals(before)).toBe(true);
});
