// Test support: a Debian 12 in a folder, with what the packages of TT depend on and the packages themselves in /packages; and a look inside.
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../agent/host/run-command.ts';
import { debianSources } from '../../agent/images/recipes/debian-12/apt-sources.ts';
import { buildIfStale } from '../start/build-if-stale.ts';
import { buildDeb, packageNames } from './deb/deb-package.ts';
import type { BuildPackage, HostPackage } from './packages/host-package.ts';
import { packagesOf } from './packages/packages.ts';

export const TOO_LONG_MS = 20 * 60_000;
const root = path.resolve(import.meta.dirname, '../..');

/** Of mmdebstrap, which takes minutes for each. */
const CACHE = path.join(root, 'node_modules/.cache/tt/debian');
const FRESH_MS = 7 * 24 * 60 * 60_000;

export interface TestDebian {
  folder: string;
  /** A folder beside it, removed with it. */
  work: string;
  /** What the packages were made of. */
  made: readonly HostPackage[];
  /** Paths inside. */
  packages: string[];
  /** Copies a file to /packages, and gives its path inside. */
  bring(file: string): Promise<string>;
  remove(): Promise<void>;
}

/** What a minimum leaves out of a Debian that boots. */
export const SYSTEMD = ['systemd', 'systemd-sysv', 'dbus', 'udev'];

/** Needs root and mmdebstrap. Takes minutes. It has systemd, and rpm. `build` makes the packages of TT. */
export async function makeTestDebian(build: BuildPackage = buildDeb): Promise<TestDebian> {
  const work = await mkdtemp(path.join(tmpdir(), 'tt-deb-test-'));
  const folder = path.join(work, 'debian');
  await buildIfStale(root);
  const made = await packagesOf({ root, work: path.join(work, 'made'), node: process.execPath, architecture: 'amd64' });
  await unpackDebian([...packageNames(made.flatMap(({ depends }) => depends.deb)), ...SYSTEMD, 'rpm'], folder);
  await mkdir(path.join(folder, 'packages'));
  const bring = async (file: string) => {
    const inside = `/packages/${path.basename(file)}`;
    await cp(file, path.join(folder, inside));
    return inside;
  };
  const brought: string[] = [];
  for (const one of made) brought.push(await bring(await build(one, work, true)));
  return { folder, work, made, packages: brought, bring, remove: () => rm(work, { recursive: true, force: true }) };
}

/** A Debian 12 with its minimum and these packages, in a new folder. Needs root and mmdebstrap; one made within a week is used again. */
export async function unpackDebian(packages: readonly string[], folder: string): Promise<void> {
  const names = [...new Set(packages)].sort().join(',');
  const archive = path.join(CACHE, `${createHash('sha256').update(names).digest('hex').slice(0, 16)}.tar`);
  const isFresh = await stat(archive).then(
    ({ mtimeMs }) => Date.now() - mtimeMs < FRESH_MS,
    () => false,
  );
  if (!isFresh) {
    await mkdir(CACHE, { recursive: true });
    const part = `${archive}.${process.pid}.tar`;
    const sources = await debianSources(AbortSignal.timeout(60_000));
    const include = names === '' ? [] : [`--include=${names}`];
    await runCommand('mmdebstrap', ['--variant=minbase', ...include, 'bookworm', part, ...sources], {
      timeoutMs: TOO_LONG_MS,
    });
    await rename(part, archive);
  }
  await mkdir(folder);
  await runCommand('tar', ['--extract', `--file=${archive}`, '--xattrs', `--directory=${folder}`], {
    timeoutMs: TOO_LONG_MS,
  });
}

/** What commands inside have as their environment, whatever the test’s is. */
export const cleanEnvironment = ['/usr/bin/env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'TERM=dumb'];
