// `npm run package:check`: packages the desktop for Linux offline, with stubs in place of Electron and of fpm, and looks into the
// asar, at what the .deb and the .rpm would consist of, and at the built `tt`, `tt-agent` and `tt-proxy`. Proves the configuration,
// the choice of files and the bundling; not the binary, fuses or the AppImage (those need the network, see electron-builder.release.yml).
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { runCommand } from '../agent/host/run-command.ts';
import { asarProblems, programProblems, secretProblems } from './asar-rules.ts';
import { BUILT_FROM, LICENSES, programs } from './build/programs.ts';
import { installerProblems, makeFpmStub } from './desktop-installers.ts';

const root = path.resolve(import.meta.dirname, '..');

export interface PackageReport {
  /** Paths in the asar, from `/`, sorted. */
  listing: string[];
  /** Empty when all is well. */
  problems: string[];
  /** The program a user would start. */
  executable: string;
}

/** Packages into a temporary folder and looks. Rejects when electron-builder refuses the configuration. */
export async function checkPackage(): Promise<PackageReport> {
  if (builtFiles.some((file) => !existsSync(path.join(root, 'out', file)))) await build();
  const work = await mkdtemp(path.join(os.tmpdir(), 'tt-package-'));
  try {
    const stub = await makeStub(path.join(work, 'electron'));
    const output = path.join(work, 'dist');
    const fpm = await makeFpmStub(path.join(work, 'fpm'));
    const where = [`-c.electronDist=${stub}`, `-c.directories.output=${output}`];
    await runBuilder(['--linux', 'dir', 'deb', 'rpm', ...where], fpm.env);
    const unpacked = path.join(output, 'linux-unpacked');
    const asar = path.join(unpacked, 'resources', 'app.asar');
    const listing = listPackage(asar, { isPack: false }).toSorted();
    const problems = [...asarProblems(listing), ...secretsIn(asar, listing), ...(await problemsOfPrograms())];
    problems.push(...(await installerProblems(fpm.directory)));
    if (!existsSync(path.join(unpacked, 'tt-desktop'))) problems.push('the program is not called tt-desktop');
    const extra = readdirSync(path.join(unpacked, 'resources')).filter(
      (name) => name !== 'app.asar' && !OF_INSTALLERS.has(name),
    );
    for (const name of extra) problems.push(`resources/${name} stands beside the asar`);
    return { listing, problems, executable: 'tt-desktop' };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What electron-builder puts beside the asar for the .deb and the .rpm. */
const OF_INSTALLERS: ReadonlySet<string> = new Set(['apparmor-profile']);

/** Below out/: what a build leaves. */
const builtFiles = [
  'renderer/index.html',
  'agent/guest-helper/x86_64',
  ...programs.flatMap(({ folder }) => ['main.js', LICENSES, BUILT_FROM].map((name) => `${folder}/${name}`)),
];

async function problemsOfPrograms(): Promise<string[]> {
  const texts = programs.map(async ({ folder }) => {
    const file = `out/${folder}/main.js`;
    return programProblems(file, await readFile(path.join(root, file), 'utf8'));
  });
  return (await Promise.all(texts)).flat();
}

async function build(): Promise<void> {
  const cli = path.join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  await runCommand(process.execPath, [cli, 'build'], { cwd: root, timeoutMs: 120_000 });
}

async function runBuilder(args: readonly string[], env: Record<string, string>): Promise<void> {
  const cli = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
  await runCommand(process.execPath, [cli, ...args, '--publish', 'never'], {
    cwd: root,
    env,
    timeoutMs: 120_000,
  });
}

/** The least that electron-builder takes for an Electron. */
async function makeStub(directory: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(root, 'node_modules/electron/package.json'), 'utf8')) as {
    version: string;
  };
  await mkdir(path.join(directory, 'locales'), { recursive: true });
  // Empty on purpose: a default_app.asar of no bytes would be read and refused.
  await mkdir(path.join(directory, 'resources'));
  await writeFile(path.join(directory, 'version'), version);
  await writeFile(path.join(directory, 'electron'), '#!/bin/sh\nexit 69\n', { mode: 0o755 });
  await cp(path.join(root, 'node_modules/electron/LICENSE'), path.join(directory, 'LICENSE'));
  await writeFile(path.join(directory, 'locales', 'en-US.pak'), '');
  return directory;
}

function secretsIn(asar: string, listing: readonly string[]): string[] {
  return listing
    .filter((file) => /\.(js|cjs|html|css|json)$/.test(file))
    .flatMap((file) => secretProblems(file, extractFile(asar, file.slice(1)).toString('utf8')));
}

if (import.meta.main) {
  const { listing, problems } = await checkPackage();
  process.stdout.write(`${listing.length} entries in the asar:\n${listing.map((file) => `  ${file}\n`).join('')}`);
  for (const problem of problems) process.stdout.write(`NOT OK: ${problem}\n`);
  process.stdout.write(problems.length === 0 ? 'The package is as it should be.\n' : '');
  process.exitCode = problems.length === 0 ? 0 : 1;
}
