// nftables: for the bridged networks to come. Today's user networking works without it.
import { type Check, found, optional } from '../check.ts';
import { installFix } from '../install-fix.ts';
import { programVersion } from '../program-version.ts';

export const nftCheck: Check = {
  name: 'nft',
  isOptional: true,
  async look(machine, signal) {
    const version = await programVersion(machine, 'nft', ['--version'], signal);
    if (version !== null) return found(`nftables ${version} (not used yet: guests get user networking)`);
    return optional(
      'not installed, and not used yet: guests get user networking',
      installFix(machine, 'nftables', 'nftables'),
    );
  },
};
