// The packages of Debian 12 that a host without any of them needs for ours, as files; and an index by which apt installs from a folder.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../../agent/host/run-command.ts';
import { debianSources } from '../../../agent/images/recipes/debian-12/apt-sources.ts';

const APT_TIMEOUT_MS = 30 * 60_000;

/**
 * Downloads `names` and all that they depend on into `folder`, from the sources of this machine’s apt, as if nothing were installed.
 * Rejects if apt here does not know Debian 12.
 */
export async function downloadPackages(names: readonly string[], folder: string, work: string): Promise<void> {
  await debianSources(AbortSignal.timeout(60_000));
  const status = path.join(work, 'status');
  await writeFile(status, '');
  await mkdir(path.join(folder, 'partial'), { recursive: true });
  const options = {
    'Dir::State::status': status,
    'Dir::State::extended_states': path.join(work, 'extended_states'),
    'Dir::Cache::archives': folder,
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'APT::Install-Recommends': 'false',
    // The folder is ours alone.
    'APT::Sandbox::User': 'root',
    'Debug::NoLocking': 'true',
  };
  await runCommand(
    'apt-get',
    [
      ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
      'install',
      '--yes',
      '--download-only',
      ...names,
    ],
    { timeoutMs: APT_TIMEOUT_MS },
  );
  await rm(path.join(folder, 'partial'), { recursive: true });
  await rm(path.join(folder, 'lock'), { force: true });
}

/** Writes `Packages`, the index of a folder of packages (deb822, as `dpkg-scanpackages` makes it). */
export async function writeIndex(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.deb')).sort();
  const entries: string[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const { stdout: control } = await runCommand('dpkg-deb', ['--field', file], { timeoutMs: 60_000 });
    const bytes = await readFile(file);
    const sum = createHash('sha256').update(bytes).digest('hex');
    entries.push(`${control.trimEnd()}\nFilename: ./${name}\nSize: ${bytes.length}\nSHA256: ${sum}\n`);
  }
  await writeFile(path.join(folder, 'Packages'), entries.join('\n'));
}
