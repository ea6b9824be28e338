// Where dnsmasq can read its files: in the state folder, unless that is closed to other users.
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closedFolder, openNetworkFolder } from './network-folder.ts';

let folder: string;
let home: string;
let run: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-folders-'));
  await chmod(folder, 0o755);
  home = path.join(folder, 'root', 'tt');
  run = path.join(folder, 'run');
  await mkdir(home, { recursive: true });
  await mkdir(run);
});
afterEach(() => rm(folder, { recursive: true }));

const chosen = (options: { run?: string; isRoot?: boolean } = {}) =>
  openNetworkFolder(path.join(home, 'network'), 'a1b2', { run, isRoot: true, ...options });

it('is in the state folder where others can pass', async () => {
  expect(await closedFolder(home)).toBeNull();
  expect(await chosen()).toBe(path.join(home, 'network'));
});

it('is below /run where the home of root is closed', async () => {
  await chmod(path.join(folder, 'root'), 0o700);
  expect(await closedFolder(home)).toBe(path.join(folder, 'root'));
  expect(await chosen()).toBe(path.join(run, 'tt-network-a1b2'));
  expect(await chosen({ isRoot: false })).toBe(path.join(home, 'network'));
  expect(await chosen({ run: path.join(folder, 'none') })).toBe(path.join(home, 'network'));
  await chmod(run, 0o700);
  expect(await chosen()).toBe(path.join(home, 'network'));
});
