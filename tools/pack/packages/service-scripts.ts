// The scripts of a service in its packages, made of one description of what becomes of it (services/*.sh): those of dpkg by its arguments
// (deb-policy 6.5), those of rpm by how many versions are left (rpm-scriptlets(7)). rpm has no purge, so its packages have a program for it.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const SERVICES = path.join(import.meta.dirname, 'services');
const HAS_SYSTEMD = 'has_systemd() { [ -d /run/systemd/system ]; }\n';
const RELOAD = 'if has_systemd; then systemctl daemon-reload || true; fi\n';

/** The functions of `services/NAME.sh`. */
export function readServiceFunctions(name: string): Promise<string> {
  return readFile(path.join(SERVICES, `${name}.sh`), 'utf8');
}

/** Where a package for rpm has its program. */
export function purgeProgram(name: string): string {
  return `usr/lib/${name}/purge`;
}

/** Maintainer scripts by name. */
export function debScripts(name: string, functions: string): Map<string, string> {
  const script = (what: string, calls: string) =>
    `#!/bin/sh\n# ${what}\nset -e\npurge_with='apt purge ${name}'\n${HAS_SYSTEMD}${functions}\n${calls}`;
  return new Map([
    [
      'postinst',
      script(
        'The package was installed, or another version of it upgraded.',
        'if [ "$1" = configure ] && [ -z "$2" ]; then installed; elif [ "$1" = configure ]; then upgraded; fi\n',
      ),
    ],
    ['prerm', script('Before the package is removed.', 'if [ "$1" = remove ]; then removing; fi\n')],
    ['postrm', script('The package was removed or purged.', `${RELOAD}if [ "$1" = purge ]; then purge; fi\n`)],
  ]);
}

/** Scriptlets by their section in a spec file; `purge` is the text of {@link purgeProgram}. */
export function rpmScripts(name: string, functions: string): { scriptlets: Map<string, string>; purge: string } {
  const purgeWith = `/usr/lib/${name}/purge --yes (before the package is removed)`;
  const head = `purge_with='${purgeWith}'\n${HAS_SYSTEMD}${functions}\n`;
  const scriptlets = new Map([
    ['post', `${head}if [ "$1" = 1 ]; then installed; else upgraded; fi\n`],
    ['preun', `${head}if [ "$1" = 0 ]; then removing; fi\n`],
    ['postun', `${HAS_SYSTEMD}${RELOAD}`],
  ]);
  const purge = [
    `#!/bin/sh\n# Ends ${name}, and deletes everything that it keeps. Before its package is removed.\nset -eu\n`,
    head,
    'if [ "$(id -u)" != 0 ]; then\n  echo "purge: run it as root" >&2\n  exit 1\nfi\n',
    `if [ "\${1-}" != --yes ]; then\n  echo 'purge: this ends ${name} and deletes everything that it keeps; if that is meant, add --yes' >&2\n  exit 2\nfi\n`,
    'end_service\npurge\n',
  ];
  return { scriptlets, purge: purge.join('') };
}
