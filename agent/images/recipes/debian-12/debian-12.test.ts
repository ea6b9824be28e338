// The parts of the recipe that can be tested without a build: parsing output of apt and dpkg, and the arguments of mmdebstrap.
// The build itself, and a guest made from it, are in `boot.test.ts`.
import { describe, expect, it } from 'vitest';
import { parseTargets } from './apt-sources.ts';
import { bootstrapArguments } from './bootstrap.ts';
import { installedPackages } from './disk.ts';

it('takes Debian’s own mirrors from apt, each once, and nobody else’s', () => {
  const text = [
    'http://mirror/debian/|bookworm|main|Debian',
    'http://mirror/debian/|bookworm|main|Debian',
    'http://mirror/debian/|bookworm|contrib|Debian',
    'http://mirror/security/|bookworm-security|main|Debian',
    'http://mirror/debian/|trixie|main|Debian',
    'http://elsewhere/apt/|stable|main|Somebody',
    '',
  ].join('\n');
  expect(parseTargets(text)).toEqual([
    'deb http://mirror/debian/ bookworm main',
    'deb http://mirror/security/ bookworm-security main',
  ]);
});

it('lists what is installed, not what was removed', () => {
  const paragraph = (name: string, state: string) => `Package: ${name}\nStatus: ${state}\nVersion: 1-2\n`;
  const status = [
    paragraph('b', 'install ok installed'),
    paragraph('gone', 'deinstall ok config-files'),
    paragraph('a', 'install ok installed'),
  ];
  expect(installedPackages(status.join('\n'))).toEqual(['a=1-2', 'b=1-2']);
});

describe('mmdebstrap', () => {
  const argumentsWith = (helperFile: string | null) =>
    bootstrapArguments({
      mode: 'unshare',
      sources: ['deb http://mirror/debian/ bookworm main'],
      cacheDirectory: "/home/o'neil/the cache",
      target: '/tmp/system.tar',
      rootPassword: 'tt',
      helperFile,
    });
  const args = argumentsWith(null);

  it('is told suite, archive and mirrors last, and keeps packages in the cache', () => {
    expect(args.slice(-3)).toEqual(['bookworm', '/tmp/system.tar', 'deb http://mirror/debian/ bookworm main']);
    expect(args).toContain(`--setup-hook=sync-in '/home/o'\\''neil/the cache' /var/cache/apt/archives`);
    expect(args).toContain(`--customize-hook=sync-out /var/cache/apt/archives '/home/o'\\''neil/the cache'`);
  });

  it('puts the guest helper there, started by its port, where this host has one', () => {
    const added = argumentsWith('/tmp/the work/tt-guest-helper').filter((arg) => !args.includes(arg));
    expect(added).toEqual([
      `--customize-hook=upload '/tmp/the work/tt-guest-helper' /usr/local/sbin/tt-guest-helper`,
      '--customize-hook=chmod 755 "$1/usr/local/sbin/tt-guest-helper"',
      expect.stringMatching(/com\.tt\.helper\.0.*tt-guest-helper\.service.*> "\$1\/etc\/udev\/rules\.d\//),
      expect.stringMatching(/'\[Service\]' .*> "\$1\/etc\/systemd\/system\/tt-guest-helper\.service"$/),
    ]);
    // Each line is one word of the shell.
    for (const hook of added.slice(2)) expect(hook.replaceAll(/'[^']*'/g, '')).toMatch(/^--customize-hook=printf +> "/);
  });

  it('settles the initrd before the kernel comes, and leaves no identity in the image', () => {
    const hooks = args.filter((arg) => arg.includes('-hook='));
    expect(hooks.find((hook) => hook.includes('MODULES=list'))).toMatch(/^--essential-hook=/);
    expect(hooks.at(-1)).toContain('rm -f "$1"/etc/ssh/ssh_host_*');
    expect(hooks.at(-1)).toContain(': > "$1/etc/machine-id"');
  });
});
