// Test support: a Debian 12 in a folder, with what the packages of TT depend on and the packages themselves in /debs; and a look inside.
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../../agent/host/run-command.ts';
import { debianSources } from '../../../agent/images/recipes/debian-12/apt-sources.ts';
import { buildDeb, packageNames } from './deb-package.ts';
import { packagesOf } from './packages.ts';

export const TOO_LONG_MS = 20 * 60_000;
const root = path.resolve(import.meta.dirname, '../../..');

export interface TestDebian {
  folder: string;
  /** Paths inside. */
  debs: string[];
  remove(): Promise<void>;
}

/** Needs root and mmdebstrap. Takes minutes. `packages`: more packages of Debian. */
export async function makeTestDebian(packages: readonly string[] = []): Promise<TestDebian> {
  const work = await mkdtemp(path.join(tmpdir(), 'tt-deb-test-'));
  const folder = path.join(work, 'debian');
  await runCommand('npm', ['run', 'build'], { cwd: root, timeoutMs: TOO_LONG_MS });
  const made = await packagesOf({ root, work: path.join(work, 'made'), node: process.execPath, architecture: 'amd64' });
  const needed = [...new Set([...packageNames(made.flatMap(({ depends }) => depends)), ...packages])].join(',');
  const sources = await debianSources(AbortSignal.timeout(60_000));
  await runCommand('mmdebstrap', ['--variant=minbase', `--include=${needed}`, 'bookworm', folder, ...sources], {
    timeoutMs: TOO_LONG_MS,
  });
  await mkdir(path.join(folder, 'debs'));
  const debs: string[] = [];
  for (const deb of made) {
    const file = await buildDeb(deb, work);
    await cp(file, path.join(folder, 'debs', path.basename(file)));
    debs.push(`/debs/${path.basename(file)}`);
  }
  return { folder, debs, remove: () => rm(work, { recursive: true, force: true }) };
}

/** What commands inside have as their environment, whatever the test’s is. */
export const cleanEnvironment = ['/usr/bin/env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'TERM=dumb'];
