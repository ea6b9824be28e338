// The requirements of --tear-down-on-exit; checked only if it is enabled.
import { type Check, found, needed } from '../check.ts';
import { installFix } from '../install-fix.ts';
import { programVersion } from '../program-version.ts';

export const tearDownCheck: Check = {
  name: 'tear-down',
  async look(machine, signal) {
    if (!machine.isRoot)
      return needed('only root can create a process namespace', 'Run the agent as root, or leave tearDownOnExit out.');
    const [unshare, setpriv] = await Promise.all(
      ['unshare', 'setpriv'].map((command) => programVersion(machine, command, ['--version'], signal)),
    );
    if (unshare === null || setpriv === null) {
      return needed('unshare and setpriv are needed', installFix(machine, 'util-linux', 'util-linux'));
    }
    return found(`unshare ${unshare}, setpriv ${setpriv}`);
  },
};
