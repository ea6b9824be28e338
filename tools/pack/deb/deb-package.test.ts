// A Debian package from a list of files: what dpkg reads of it.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { findProgram, runCommand } from '../../../agent/host/run-command.ts';
import { testPackage } from '../packages/test-package.ts';
import { buildDeb, packageNames } from './deb-package.ts';

it.runIf((await findProgram('dpkg-deb')) !== null)(
  'has modes, owners, lines and overrides as Debian wants them',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tt-deb-'));
    try {
      const file = await buildDeb(testPackage, folder);
      const { stdout: list } = await runCommand('dpkg-deb', ['--contents', file], { timeoutMs: 60_000 });
      expect(list).toMatch(/^-rwxr-xr-x root\/root .* \.\/usr\/bin\/tt-test$/m);
      expect(list).toMatch(/^-rw-r--r-- root\/root .* \.\/usr\/share\/man\/man1\/tt-test\.1\.gz$/m);
      expect(list).toMatch(/\.\/usr\/share\/lintian\/overrides\/tt-cli$/m);
      expect(list).toMatch(/\.\/usr\/share\/doc\/tt-cli\/copyright$/m);
      const { stdout: control } = await runCommand('dpkg-deb', ['--field', file], { timeoutMs: 60_000 });
      expect(control).toContain('\nDepends: libc6 (>= 2.28)\n');
      const inControl = path.join(folder, 'control');
      await runCommand('dpkg-deb', ['--control', file, inControl], { timeoutMs: 60_000 });
      expect(await readFile(path.join(inControl, 'conffiles'), 'utf8')).toBe('/etc/tt/test.yaml\n');
      const sum = createHash('md5').update('#!/bin/sh\n').digest('hex');
      const sums = await readFile(path.join(inControl, 'md5sums'), 'utf8');
      expect(sums.split('\n')).toContain(`${sum}  usr/bin/tt-test`);
      const lines = control.slice(control.indexOf('\nDescription')).split('\n').slice(2);
      expect(lines.every((line) => line.length < 80)).toBe(true);
      expect(lines.join('').replaceAll(/\s+/g, ' ').trim()).toBe(`${'word '.repeat(40)}end . Another paragraph.`);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

it('knows the names of what is depended on', () => {
  expect(packageNames(['libc6 (>= 2.28)', 'qemu-utils'])).toEqual(['libc6', 'qemu-utils']);
});
