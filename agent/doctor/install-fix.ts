// How to install something on this machine, as a command to copy where we know the packages, else in words.
import type { Machine } from './machine.ts';

/** `packages` are Debian's names; `what` is the product for everybody else. */
export function installFix(machine: Machine, what: string, ...packages: string[]): string {
  if (!machine.exists('/usr/bin/apt-get')) return `Install ${what} with the package manager of this system.`;
  return `${machine.isRoot ? '' : 'sudo '}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}
