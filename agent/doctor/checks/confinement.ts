// How programs that read untrusted images, capsules and archives are confined. If one measure is not available, the others still
// apply.
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
      return needed('prlimit is needed to read images of others', installFix(machine, 'util-linux', 'util-linux'));
    }
    const { network, privileges } = await machine.confinement();
    const left = [
      ...(network ? [] : ['the network']),
      ...(privileges ? [] : ['set-uid programs']),
      ...(machine.isRoot ? [] : ['the files of this user']),
    ];
    const fixes = [
      ...(missing.length > 0 ? [installFix(machine, missing.join(', '), 'util-linux')] : []),
      ...(network || missing.length > 0 ? [] : ['Let the agent create network namespaces (unshare --net).']),
      ...(machine.isRoot ? [] : ['Run the agent as root: these programs then run as a user that owns nothing.']),
    ];
    if (left.length === 0) return found('images of others are read by a user without rights, network or other files');
    return optional(`programs that read images of others can reach ${left.join(', ')}`, ...fixes);
  },
};
