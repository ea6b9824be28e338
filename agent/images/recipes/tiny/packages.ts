// First step of the build: finds out which Debian packages are current, downloads the missing ones into the cache and extracts
// them. Needs no root: apt only downloads, nothing is installed on this machine.
import { quoted, reason } from '@tt/protocol';
import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RunError, type RunOptions, runCommand } from '../../../host/run-command.ts';
import { TinyBuildError } from './errors.ts';
import { makeTemporaryFolder } from '../../../host/temporary-folder.ts';
import { reasonOf } from '../../../host/reason-error.ts';

export interface DebianPackage {
  name: string;
  version: string;
  /** File name of the archive as apt-get download writes it. */
  archive: string;
  sha256: string;
}

/** An empty package that always depends on the newest cloud kernel. */
const kernelMetaPackage = 'linux-image-cloud-amd64';
const askStep = 'findingPackages';
const updateTimeoutMs = 5 * 60_000;
const askTimeoutMs = 60_000;
const downloadTimeoutMs = 15 * 60_000;
const extractTimeoutMs = 2 * 60_000;

/** What apt would download today for `names` and for the cloud kernel, which is the first of the answer. */
export async function findPackages(names: readonly string[], signal: AbortSignal): Promise<DebianPackage[]> {
  try {
    return await askApt(names, signal);
  } catch (error) {
    signal.throwIfAborted();
    // A fresh machine has no package lists. Only root may fetch them.
    if (process.getuid?.() !== 0 || (error instanceof RunError && error.notFound)) throw explain(error);
    await updateLists(signal);
    return await askApt(names, signal).catch((secondError: unknown) => {
      signal.throwIfAborted();
      throw explain(secondError);
    });
  }
}

async function askApt(names: readonly string[], signal: AbortSignal): Promise<DebianPackage[]> {
  const depends = await runCommand('apt-cache', ['depends', kernelMetaPackage], { timeoutMs: askTimeoutMs, signal });
  const kernel = /^\s*Depends: (linux-image-\S+)$/m.exec(depends.stdout)?.[1];
  if (kernel === undefined) throw new Error(`apt knows no package ${kernelMetaPackage}.`);
  const args = ['download', '--print-uris', kernel, ...names];
  const answer = await runCommand('apt-get', args, { timeoutMs: askTimeoutMs, signal });
  const packages = parsePrintedUris(answer.stdout);
  return [kernel, ...names].map((name) => {
    const found = packages.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`apt offers no download of ${name}.`);
    return found;
  });
}

/** Reads lines such as `'http://mirror/x.deb' name_1%3a2-3_amd64.deb 928188 SHA256:0123...`. */
export function parsePrintedUris(text: string): DebianPackage[] {
  const pattern = /^'[^']*' ((\S+?)_(\S+?)_\S+?\.deb) \d+ SHA256:([0-9a-f]{64})$/gm;
  return [...text.matchAll(pattern)].map(([, archive = '', name = '', version = '', sha256 = '']) => ({
    name,
    version: decodeURIComponent(version),
    archive,
    sha256,
  }));
}

async function updateLists(signal: AbortSignal): Promise<void> {
  try {
    await runCommand('apt-get', ['update'], { timeoutMs: updateTimeoutMs, signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new TinyBuildError({
      step: 'fetchingPackageLists',
      reason: quoted('packageListsFailed', reasonOf(cause).quote ?? ''),
      advice: 'checkApt',
      cause,
    });
  }
}

function explain(cause: unknown): TinyBuildError {
  if (cause instanceof RunError && cause.notFound) {
    return new TinyBuildError({
      step: askStep,
      reason: reason('commandMissing', { command: cause.command }),
      advice: 'needDebian',
      cause,
    });
  }
  return new TinyBuildError({
    step: askStep,
    reason: reasonOf(cause),
    advice: 'updateApt',
    cause,
  });
}

/** Puts the archives that are missing in the cache, or broken there, into it. One apt call, as each costs half a second. */
export async function downloadPackages(
  packages: readonly DebianPackage[],
  cacheDirectory: string,
  signal: AbortSignal,
  output: Pick<RunOptions, 'onStdout' | 'onStderr'> = {},
): Promise<void> {
  const missing: DebianPackage[] = [];
  for (const wanted of packages) {
    if ((await sha256OfFile(join(cacheDirectory, wanted.archive))) !== wanted.sha256) missing.push(wanted);
  }
  if (missing.length === 0) return;
  // Downloaded beside and renamed, so that a cut-off download or a second builder never shows a half file.
  const partial = await makeTemporaryFolder(join(cacheDirectory, 'download'));
  try {
    const wanted = missing.map(({ name, version }) => `${name}=${version}`);
    // apt checks the signed hashes itself. With its own user it would warn that it can't write into our folder.
    const args = ['download', '--quiet', '--option', 'APT::Sandbox::User=root', ...wanted];
    await runCommand('apt-get', args, { cwd: partial, timeoutMs: downloadTimeoutMs, signal, ...output });
    for (const { archive } of missing) await rename(join(partial, archive), join(cacheDirectory, archive));
  } catch (cause) {
    signal.throwIfAborted();
    throw new TinyBuildError({
      step: 'downloadingPackages',
      stepData: { packages: missing.map(({ name }) => name).join(', ') },
      reason: reasonOf(cause),
      advice: 'checkNetwork',
      cause,
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Unpacks the archive's files into `root`, which then looks like a system with only these packages. */
export async function extractPackage(archivePath: string, root: string, signal: AbortSignal): Promise<void> {
  await runCommand('dpkg-deb', ['--extract', archivePath, root], { timeoutMs: extractTimeoutMs, signal });
}

/** null if there is no such file. */
async function sha256OfFile(path: string): Promise<string | null> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
