// How to install something on this machine: a command to copy if the package is known, otherwise a sentence.
import type { Machine } from './machine.ts';

/** `packages` are Debian's names; `what` names the product on other systems. */
export function installFix(machine: Machine, what: string, ...packages: string[]): string {
  if (!machine.exists('/usr/bin/apt-get')) return `Install ${what} with the package manager of this system.`;
  return `${machine.isRoot ? '' : 'sudo '}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}
