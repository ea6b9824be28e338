// The requirements of --tear-down-on-exit; checked only if it is enabled.
import { reason } from '@tt/protocol';
import { type Check, found, needed } from '../check.ts';
import { installFix } from '../install-fix.ts';
import { programVersion } from '../program-version.ts';

export const tearDownCheck: Check = {
  name: 'tear-down',
  async look(machine, signal) {
    if (!machine.isRoot) return needed(reason('finding.namespaceNeedsRoot'), reason('fix.tearDownRoot'));
    const [unshare, setpriv] = await Promise.all(
      ['unshare', 'setpriv'].map((command) => programVersion(machine, command, ['--version'], signal)),
    );
    if (unshare === null || setpriv === null) {
      return needed(reason('finding.separatorsMissing'), installFix(machine, 'util-linux', 'util-linux'));
    }
    return found(reason('finding.versions', { versions: `unshare ${unshare}, setpriv ${setpriv}` }));
  },
};
