// What is wrong with installers of the desktop, and a stub that keeps what fpm would be given.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../agent/host/run-command.ts';
import { desktopProblems, makeFpmStub, wordProblems } from './desktop-installers.ts';

const words = [
  '-s',
  'dir',
  '-t',
  'deb',
  '-d',
  'libnss3',
  '-d',
  'libgtk-3-0',
  '--deb-recommends',
  'qemu-system-x86',
  '--architecture',
  'amd64',
  '--name',
  'tt-desktop',
  '--package',
  '/dist/tt-desktop_0.1.0_amd64.deb',
  'assets/linux/tt-desktop.metainfo.xml=/usr/share/metainfo/tt-desktop.metainfo.xml',
  '/dist/linux-unpacked/=/opt/TT',
  '/cache/512.png=/usr/share/icons/hicolor/512x512/apps/tt-desktop.png',
  '/tmp/x.desktop=/usr/share/applications/tt-desktop.desktop',
];
const desktop = 'Exec=/opt/TT/tt-desktop %U\nIcon=tt-desktop\nMimeType=x-scheme-handler/tt;\n';

it('takes a package that is right', () => {
  expect([wordProblems('deb', words), desktopProblems(desktop)]).toEqual([[], []]);
});

it.each([
  ['tt-desktop', 'tt', 'deb: fpm is given no --name that matches ^tt-desktop$'],
  ['libgtk-3-0', 'libgtk-4', 'deb: fpm is given no -d that matches ^libgtk-3-0$'],
  [words.at(-3) ?? '', '/dist/linux-unpacked/=/opt/Other', 'deb: the application is not in /opt/TT'],
  [words.at(-2) ?? '', '', 'deb: it has no icon'],
  [words.at(-1) ?? '', '', 'deb: it has no usr/share/applications/tt-desktop.desktop'],
])('misses %s', (word, other, problem) => {
  expect(
    wordProblems(
      'deb',
      words.map((one) => (one === word ? other : one)),
    ),
  ).toEqual([problem]);
});

it('misses the links that open the desktop', () => {
  expect(desktopProblems(desktop.replace('handler/tt;', 'handler/ttx;'))).toEqual([
    'the desktop file has no line ^MimeType=(?:.*;)?x-scheme-handler\\/tt;',
  ]);
});

it('keeps words and files', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-fpm-'));
  try {
    const { env } = await makeFpmStub(folder);
    const [given, made] = [path.join(folder, 'a b.desktop'), path.join(folder, 'made.deb')];
    await writeFile(given, 'x');
    const args = ['-t', 'deb', '--package', made, '--url=/no', `${folder}/=/opt/TT`, `${given}=/usr/share/x.desktop`];
    await runCommand('fpm', args, { env, timeoutMs: 60_000 });
    expect((await readFile(path.join(folder, 'deb.words'), 'utf8')).split('\0').slice(0, -1)).toEqual(args);
    expect(await readFile(path.join(folder, 'deb/usr/share/x.desktop'), 'utf8')).toBe('x');
    expect(await readFile(made, 'utf8')).toBe('');
  } finally {
    await rm(folder, { recursive: true });
  }
});
