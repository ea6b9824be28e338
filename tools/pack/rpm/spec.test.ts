// The spec file of a package for rpm, without rpm.
import { expect, it } from 'vitest';
import { testPackage } from '../packages/test-package.ts';
import { rpmFiles, rpmVersion, specText } from './spec.ts';

const placed = [...rpmFiles(testPackage).keys()].map((place) => `/${place}`).sort();
const text = specText(testPackage, '/tree', placed);
const section = (name: string) =>
  new RegExp(`^%${name}\\n([\\s\\S]*?)(?=\\n\\n%|$(?![\\s\\S]))`, 'm').exec(text)?.[1] ?? '';

it('has files at the places of Fedora, with the licence, and a program in place of a purge', () => {
  expect(placed).toEqual([
    '/etc/tt/test.yaml',
    '/usr/bin/tt-test',
    '/usr/lib/tt-cli/main.js',
    '/usr/lib/tt-cli/purge',
    '/usr/share/licenses/tt-cli/LICENSE',
    '/usr/share/man/man1/tt-test.1.gz',
    '/usr/share/zsh/site-functions/_tt',
  ]);
});

it('lists every file once, what an admin changes as such, and of folders its own only', () => {
  expect(section('files').trim().split('\n')).toEqual([
    '%defattr(-,root,root,-)',
    '%dir "/etc/tt"',
    '%dir "/usr/lib/tt-cli"',
    '%dir "/usr/share/licenses/tt-cli"',
    '%config(noreplace) "/etc/tt/test.yaml"',
    '"/usr/bin/tt-test"',
    '"/usr/lib/tt-cli/main.js"',
    '"/usr/lib/tt-cli/purge"',
    '%license "/usr/share/licenses/tt-cli/LICENSE"',
    '"/usr/share/man/man1/tt-test.1.gz"',
    '"/usr/share/zsh/site-functions/_tt"',
  ]);
});

it('names what it needs, and takes no text for a macro', () => {
  expect(text).toContain('\nRequires: glibc >= 2.28\nRecommends: edk2-ovmf\n');
  expect(text).toContain('\nSummary: a test, 100%% of it\n');
  expect(
    section('description')
      .split('\n')
      .every((line) => line.length < 80),
  ).toBe(true);
  expect(section('post')).toContain('echo "$1%%%%x"');
});

it('tells an installation from an upgrade, and a removal from the end of an older version', () => {
  expect(section('post')).toMatch(/\nif \[ "\$1" = 1 \]; then installed; else upgraded; fi\n?$/);
  expect(section('preun')).toMatch(/\nif \[ "\$1" = 0 \]; then removing; fi\n?$/);
  expect(section('preun')).toContain("purge_with='/usr/lib/tt-cli/purge --yes");
  const { service: _none, ...rest } = testPackage;
  expect(specText({ ...rest, service: null }, '/tree', placed)).not.toMatch(/^%(post|preun|postun)$/m);
});

it('has a version that rpm can compare', () => {
  expect([rpmVersion('0.1.0'), rpmVersion('1.0.0-beta.1')]).toEqual(['0.1.0', '1.0.0~beta.1']);
});
