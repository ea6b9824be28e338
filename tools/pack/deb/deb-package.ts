// A Debian package from a list of its files: the tree is laid out in a folder and packed by dpkg-deb(1), as root’s, whoever builds it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { findProgram, runCommand } from '../../../agent/host/run-command.ts';

/** A file or folder that is copied, or what a file holds. Modes: 0755 for folders, for programs and where `isProgram` says so, otherwise 0644. */
export type Content = ({ from: string } | { text: string } | { bytes: Uint8Array }) & { isProgram?: boolean };

export interface DebPackage {
  name: string;
  version: string;
  architecture: 'amd64' | 'arm64' | 'all';
  /** One line, and paragraphs (deb-control(5)). */
  summary: string;
  description: readonly string[];
  depends: readonly string[];
  recommends: readonly string[];
  /** What `lintian` finds and is meant, each with the reason above it in a comment. */
  lintianOverrides: readonly { tags: readonly string[]; reason: string }[];
  /** Path in the package, without the leading slash. */
  files: ReadonlyMap<string, Content>;
  /** Paths in it, with the leading slash, that admins change: an upgrade asks before it replaces them. */
  conffiles: readonly string[];
  /** Maintainer scripts by name: `postinst`, `prerm`, `postrm`. */
  scripts: ReadonlyMap<string, string>;
}

const LINE_LENGTH = 78;
const DPKG_TIMEOUT_MS = 10 * 60_000;
const MAINTAINER = 'The TT authors <tt@example.invalid>';

/** Writes `<name>_<version>_<architecture>.deb` into `output` and gives its path. Needs dpkg-deb. */
export async function buildDeb(deb: DebPackage, output: string): Promise<string> {
  if ((await findProgram('dpkg-deb')) === null) throw new Error('dpkg-deb is missing: packages are built on Debian');
  const work = await mkdtemp(path.join(tmpdir(), 'tt-deb-'));
  try {
    const tree = path.join(work, 'tree');
    await mkdir(tree, { mode: 0o755 });
    for (const [place, content] of deb.files) await put(path.join(tree, place), content);
    await put(path.join(tree, 'usr/share/lintian/overrides', deb.name), { text: overridesText(deb) });
    await plainModes(
      tree,
      new Set([...deb.files].flatMap(([place, { isProgram }]) => (isProgram ? [path.join(tree, place)] : []))),
    );
    const { kib, md5sums } = await contentsOf(tree);
    await writeControl(path.join(tree, 'DEBIAN'), deb, kib);
    await writeFile(path.join(tree, 'DEBIAN/md5sums'), md5sums, { mode: 0o644 });
    const file = path.join(output, `${deb.name}_${deb.version}_${deb.architecture}.deb`);
    // xz is what dpkg of every Debian reads.
    await runCommand('dpkg-deb', ['--root-owner-group', '-Zxz', '-z3', '--build', tree, file], {
      timeoutMs: DPKG_TIMEOUT_MS,
    });
    return file;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The licence and the change log that every package has (Debian policy 12.5 and 12.7), below `usr/share/doc`. */
export function documentation(
  name: string,
  version: string,
  license: string,
  licenses: string | null,
): Map<string, Content> {
  const folder = `usr/share/doc/${name}`;
  const log = `${name} (${version}) unstable; urgency=medium\n\n  * See docs/ and the history of the project.\n\n -- ${MAINTAINER}  Thu, 01 Jan 1970 00:00:00 +0000\n`;
  return new Map<string, Content>([
    [`${folder}/copyright`, { text: `TT\n\n${license}` }],
    [`${folder}/changelog.gz`, compressed(log)],
    ...(licenses === null ? [] : [[`${folder}/licenses.md`, { from: licenses }] as const]),
  ]);
}

/** As gzip -9n makes it: the same bytes each time. */
export function compressed(text: string): Content {
  return { bytes: gzipSync(text, { level: 9 }) };
}

async function put(place: string, content: Content): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true });
  if ('text' in content) await writeFile(place, content.text);
  else if ('bytes' in content) await writeFile(place, content.bytes);
  else await cp(content.from, place, { recursive: true, dereference: true });
}

/** Whatever the umask of who builds it is; programs stay programs. */
async function plainModes(folder: string, programs: ReadonlySet<string>): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) await plainModes(place, programs);
    else await chmod(place, programs.has(place) || ((await stat(place)).mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
}

async function writeControl(folder: string, deb: DebPackage, kib: number): Promise<void> {
  await mkdir(folder, { mode: 0o755 });
  const lists = [
    ['Depends', deb.depends],
    ['Recommends', deb.recommends],
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
      ...wrapped(paragraph).map((line) => ` ${line}`),
    ]),
    '',
  ];
  await writeFile(path.join(folder, 'control'), control.join('\n'), { mode: 0o644 });
  if (deb.conffiles.length > 0)
    await writeFile(path.join(folder, 'conffiles'), `${deb.conffiles.join('\n')}\n`, { mode: 0o644 });
  for (const [name, text] of deb.scripts) {
    await writeFile(path.join(folder, name), text);
    await chmod(path.join(folder, name), 0o755);
  }
}

function overridesText({ name, lintianOverrides }: DebPackage): string {
  return lintianOverrides
    .flatMap(({ tags, reason }) => [`# ${reason}\n`, ...tags.map((tag) => `${name}: ${tag}\n`)])
    .join('');
}

/** Lines for terminals of 80 columns. */
function wrapped(paragraph: string): string[] {
  const lines: string[] = [];
  for (const word of paragraph.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < LINE_LENGTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Of packages that are depended on, e.g. `libc6 (>= 2.28)`. */
export function packageNames(dependencies: readonly string[]): string[] {
  return dependencies.map((dependency) => dependency.split(' ')[0] ?? '');
}

/** What dpkg says of the size, and by which `dpkg --verify` finds files that were changed later. */
async function contentsOf(folder: string): Promise<{ kib: number; md5sums: string }> {
  let kib = 0;
  const lines: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    kib += Math.ceil((await stat(file)).size / 1024);
    const hash = createHash('md5');
    await pipeline(createReadStream(file), hash);
    lines.push(`${hash.digest('hex')}  ${path.relative(folder, file)}\n`);
  }
  return { kib, md5sums: lines.join('') };
}
