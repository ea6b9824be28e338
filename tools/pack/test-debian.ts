// Test support: a Debian 12 in a folder, with what the packages of TT depend on and the packages themselves in /packages; and a look inside.
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../agent/host/run-command.ts';
import { debianSources } from '../../agent/images/recipes/debian-12/apt-sources.ts';
import { buildDeb, packageNames } from './deb/deb-package.ts';
import type { HostPackage } from './packages/host-package.ts';
import { packagesOf } from './packages/packages.ts';

export const TOO_LONG_MS = 20 * 60_000;
const root = path.resolve(import.meta.dirname, '../..');

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

export interface TestDebianOptions {
  /** More packages of Debian. */
  packages?: readonly string[];
  build?: (host: HostPackage, output: string) => Promise<string>;
}

/** Needs root and mmdebstrap. Takes minutes. */
export async function makeTestDebian({ packages = [], build = buildDeb }: TestDebianOptions = {}): Promise<TestDebian> {
  const work = await mkdtemp(path.join(tmpdir(), 'tt-deb-test-'));
  const folder = path.join(work, 'debian');
  await runCommand('npm', ['run', 'build'], { cwd: root, timeoutMs: TOO_LONG_MS });
  const made = await packagesOf({ root, work: path.join(work, 'made'), node: process.execPath, architecture: 'amd64' });
  const needed = [...new Set([...packageNames(made.flatMap(({ depends }) => depends.deb)), ...packages])].join(',');
  const sources = await debianSources(AbortSignal.timeout(60_000));
  await runCommand('mmdebstrap', ['--variant=minbase', `--include=${needed}`, 'bookworm', folder, ...sources], {
    timeoutMs: TOO_LONG_MS,
  });
  await mkdir(path.join(folder, 'packages'));
  const bring = async (file: string) => {
    const inside = `/packages/${path.basename(file)}`;
    await cp(file, path.join(folder, inside));
    return inside;
  };
  const brought: string[] = [];
  for (const one of made) brought.push(await bring(await build(one, work)));
  return { folder, work, made, packages: brought, bring, remove: () => rm(work, { recursive: true, force: true }) };
}

/** What commands inside have as their environment, whatever the test’s is. */
export const cleanEnvironment = ['/usr/bin/env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'TERM=dumb'];
