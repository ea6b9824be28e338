// A Debian package: the files are laid out in a folder and packed by dpkg-deb(1), as root’s, whoever builds.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { findProgram, runCommand } from '../../../agent/host/run-command.ts';
import { compressed, type Content, type HostPackage, inLines, MAINTAINER } from '../packages/host-package.ts';
import { filesIn, layOut } from '../packages/package-tree.ts';
import { debScripts } from '../packages/service-scripts.ts';
import { overridesText } from './lintian-overrides.ts';

const DPKG_TIMEOUT_MS = 10 * 60_000;

/** Writes `<name>_<version>_<architecture>.deb` into `output` and gives its path. Needs dpkg-deb. */
export async function buildDeb(deb: HostPackage, output: string, isQuick = false): Promise<string> {
  if ((await findProgram('dpkg-deb')) === null) throw new Error('dpkg-deb is missing: packages are built on Debian');
  const work = await mkdtemp(path.join(tmpdir(), 'tt-deb-'));
  try {
    const tree = path.join(work, 'tree');
    await layOut(new Map([...deb.files, ...documentation(deb)]), tree);
    const { kib, md5sums } = await contentsOf(tree);
    await writeControl(path.join(tree, 'DEBIAN'), deb, kib);
    await writeFile(path.join(tree, 'DEBIAN/md5sums'), md5sums, { mode: 0o644 });
    const file = path.join(output, `${deb.name}_${deb.version}_${deb.architecture}.deb`);
    // xz is what dpkg of every Debian reads.
    const compression = isQuick ? ['-Zgzip', '-z1'] : ['-Zxz', '-z3'];
    await runCommand('dpkg-deb', ['--root-owner-group', ...compression, '--build', tree, file], {
      timeoutMs: DPKG_TIMEOUT_MS,
    });
    return file;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The licence and the change log that every package of Debian has (policy 12.5 and 12.7), and what lintian shall leave out. */
function documentation({ name, version, license, licenses }: HostPackage): Map<string, Content> {
  const folder = `usr/share/doc/${name}`;
  const log = `${name} (${version}) unstable; urgency=medium\n\n  * See docs/ and the history of the project.\n\n -- ${MAINTAINER}  Thu, 01 Jan 1970 00:00:00 +0000\n`;
  const overrides = overridesText(name);
  return new Map<string, Content>([
    [`${folder}/copyright`, { text: `TT\n\n${license}` }],
    [`${folder}/changelog.gz`, compressed(log)],
    ...(licenses === null ? [] : [[`${folder}/licenses.md`, { from: licenses }] as const]),
    ...(overrides === '' ? [] : [[`usr/share/lintian/overrides/${name}`, { text: overrides }] as const]),
  ]);
}

async function writeControl(folder: string, deb: HostPackage, kib: number): Promise<void> {
  await mkdir(folder, { mode: 0o755 });
  const lists = [
    ['Depends', deb.depends.deb],
    ['Recommends', deb.recommends.deb],
  ] as const;
  const control = [
    `Package: ${deb.name}`,
    `Version: ${deb.version}`,
    `Architecture: ${deb.architecture}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${kib}`,
    ...lists.flatMap(([field, names]) => (names.length === 0 ? [] : [`${field}: ${names.join(', ')}`])),
    'Section: admin',
    'Priority: optional',
    `Description: ${deb.summary}`,
    ...deb.description.flatMap((paragraph, index) => [
      ...(index === 0 ? [] : [' .']),
      ...inLines(paragraph).map((line) => ` ${line}`),
    ]),
    '',
  ];
  await writeFile(path.join(folder, 'control'), control.join('\n'), { mode: 0o644 });
  if (deb.configFiles.length > 0)
    await writeFile(path.join(folder, 'conffiles'), `${deb.configFiles.join('\n')}\n`, { mode: 0o644 });
  const scripts = deb.service === null ? [] : debScripts(deb.name, deb.service);
  for (const [name, text] of scripts) {
    await writeFile(path.join(folder, name), text);
    await chmod(path.join(folder, name), 0o755);
  }
}

/** Of packages of Debian that are depended on, e.g. `libc6 (>= 2.28)`. */
export function packageNames(dependencies: readonly string[]): string[] {
  return dependencies.map((dependency) => dependency.split(' ')[0] ?? '');
}

/** What dpkg says of the size, and by which `dpkg --verify` finds files that were changed later. */
async function contentsOf(tree: string): Promise<{ kib: number; md5sums: string }> {
  let kib = 0;
  const lines: string[] = [];
  for (const name of await filesIn(tree)) {
    const file = path.join(tree, name);
    kib += Math.ceil((await stat(file)).size / 1024);
    const hash = createHash('md5');
    await pipeline(createReadStream(file), hash);
    lines.push(`${hash.digest('hex')}  ${name.slice(1)}\n`);
  }
  return { kib, md5sums: lines.join('') };
}
