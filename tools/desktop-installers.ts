// What the .deb and the .rpm of the desktop would consist of. electron-builder has fpm make them, which can't be had offline; a stub in its place
// keeps what it was told and the files it was given, and these are looked at here.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findProgram, RunError, runCommand } from '../agent/host/run-command.ts';

const KINDS = ['deb', 'rpm'] as const;
const DESKTOP_FILE = 'usr/share/applications/tt-desktop.desktop';
const METAINFO = 'usr/share/metainfo/tt-desktop.metainfo.xml';
const ICON = /^usr\/share\/icons\/hicolor\/(?:\d+x\d+|scalable)\/apps\/tt-desktop\.(?:png|svg)$/;

/** The name of a flag of fpm, and a pattern that one of its values must match. */
const wanted: Readonly<Record<(typeof KINDS)[number], readonly (readonly [string, RegExp])[]>> = {
  deb: [
    ['--name', /^tt-desktop$/],
    ['--architecture', /^amd64$/],
    ['-d', /^libgtk-3-0$/],
    ['--deb-recommends', /^qemu-system-x86$/],
    ['--package', /\/tt-desktop_[\d.]+_amd64\.deb$/],
  ],
  // fpm itself has other names of processors for rpm.
  rpm: [
    ['--name', /^tt-desktop$/],
    ['--architecture', /^amd64$/],
    ['-d', /^gtk3$/],
    ['--package', /\/tt-desktop-[\d.]+\.x86_64\.rpm$/],
  ],
};

export interface FpmStub {
  /** What it has kept: `KIND.words`, and the single files it was given below `KIND/`. */
  directory: string;
  /** With it, electron-builder takes the stub for fpm. */
  env: Record<string, string>;
}

export async function makeFpmStub(directory: string): Promise<FpmStub> {
  const programs = path.join(directory, 'bin');
  await mkdir(programs, { recursive: true });
  const script = `#!/bin/sh
set -eu
kind= package= before=
for word; do
  case $before in -t) kind=$word ;; --package) package=$word ;; esac
  before=$word
done
printf '%s\\0' "$@" > "${directory}/$kind.words"
for word; do
  # A whole folder, the application, ends in a slash.
  case $word in -* | */=/*) ;; *=/*) install -D -m 644 "\${word%%=/*}" "${directory}/$kind/\${word#*=/}" ;; esac
done
: > "$package"
`;
  await writeFile(path.join(programs, 'fpm'), script, { mode: 0o755 });
  return { directory, env: { USE_SYSTEM_FPM: 'true', PATH: `${programs}:${process.env['PATH'] ?? ''}` } };
}

/** What is wrong with what the stub in this directory was given; empty when all is well. */
export async function installerProblems(directory: string): Promise<string[]> {
  const problems: string[] = [];
  for (const kind of KINDS) {
    const text = await readFile(path.join(directory, `${kind}.words`), 'utf8');
    problems.push(...wordProblems(kind, text.split('\0').slice(0, -1)));
    const desktop = path.join(directory, kind, DESKTOP_FILE);
    problems.push(...desktopProblems(await readFile(desktop, 'utf8')).map((what) => `${kind}: ${what}`));
    problems.push(...(await refusedBy('desktop-file-validate', [desktop], kind)));
    const metainfo = path.join(directory, kind, METAINFO);
    problems.push(...(await refusedBy('appstreamcli', ['validate', '--no-net', '--no-color', metainfo], kind)));
  }
  return problems;
}

/** Of one call of fpm. */
export function wordProblems(kind: (typeof KINDS)[number], words: readonly string[]): string[] {
  const valuesOf = (flag: string) => words.filter((_word, index) => words[index - 1] === flag);
  const places = words.flatMap((word) => /^[^-].*=\/(.+)$/.exec(word)?.slice(1) ?? []);
  const missing = wanted[kind].filter(([flag, value]) => !valuesOf(flag).some((one) => value.test(one)));
  const absent = [DESKTOP_FILE, METAINFO].filter((place) => !places.includes(place));
  return [
    ...missing.map(([flag, value]) => `${kind}: fpm is given no ${flag} that matches ${value.source}`),
    ...absent.map((place) => `${kind}: it has no ${place}`),
    ...(places.some((place) => ICON.test(place)) ? [] : [`${kind}: it has no icon`]),
    ...(places.includes('opt/TT') ? [] : [`${kind}: the application is not in /opt/TT`]),
  ];
}

/** Of the entry for menus; `desktop-file-validate` knows whether its form is right. */
export function desktopProblems(text: string): string[] {
  const lines = [/^Exec=\/opt\/TT\/tt-desktop %U$/m, /^Icon=tt-desktop$/m, /^MimeType=(?:.*;)?x-scheme-handler\/tt;/m];
  return lines.filter((line) => !line.test(text)).map((line) => `the desktop file has no line ${line.source}`);
}

/** On other systems than Debian these programs may be missing, which is said. */
async function refusedBy(program: string, args: readonly string[], kind: string): Promise<string[]> {
  if ((await findProgram(program)) === null) {
    process.stderr.write(
      `package check: ${program} is not installed, so that ${path.basename(args.at(-1) ?? '')} was not checked by it\n`,
    );
    return [];
  }
  try {
    await runCommand(program, args, { timeoutMs: 60_000 });
    return [];
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return [`${kind}: ${program} says: ${error.stderr || error.message}`];
  }
}
