// How to install something on this machine: a command to copy if the package is known, otherwise a sentence.
import { reason } from '@tt/protocol';
import type { Fix } from './check.ts';
import type { Machine } from './machine.ts';

/** `packages` are Debian's names; `what` names the product on other systems, alike in every language. */
export function installFix(machine: Machine, what: string, ...packages: string[]): Fix {
  if (!machine.exists('/usr/bin/apt-get')) return reason('fix.install', { what });
  return `${machine.isRoot ? '' : 'sudo '}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}
