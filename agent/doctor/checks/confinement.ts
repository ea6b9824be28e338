// How programs that read untrusted images, capsules and archives are confined. If one measure is not available, the others still
// apply.
import { reason } from '@tt/protocol';
import type { Check } from '../check.ts';
import { found, needed, optional } from '../check.ts';
import { installFix } from '../install-fix.ts';
import { programVersion } from '../program-version.ts';

export const confinementCheck: Check = {
  name: 'confinement',
  isOptional: true,
  async look(machine, signal) {
    const tools = ['prlimit', 'unshare', 'setpriv'];
    const versions = await Promise.all(tools.map((tool) => programVersion(machine, tool, ['--version'], signal)));
    const missing = tools.filter((_tool, index) => versions[index] === null);
    if (missing.includes('prlimit')) {
      return needed(reason('finding.prlimitMissing'), installFix(machine, 'util-linux', 'util-linux'));
    }
    const { network, privileges } = await machine.confinement();
    const left = [
      ...(network ? [] : [reason('finding.reachesNetwork')]),
      ...(privileges ? [] : [reason('finding.reachesPrivileges')]),
      ...(machine.isRoot ? [] : [reason('finding.reachesFiles')]),
    ];
    const fixes = [
      ...(missing.length > 0 ? [installFix(machine, missing.join(', '), 'util-linux')] : []),
      ...(network || missing.length > 0 ? [] : [reason('fix.networkNamespaces')]),
      ...(machine.isRoot ? [] : [reason('fix.runAsRootOwningNothing')]),
    ];
    if (left.length === 0) return found(reason('finding.confined'));
    return optional(left, ...fixes);
  },
};
