// ZFS: for a storage to come. Today's disks are qcow2 overlays, which work on every file system.

import type { Check } from '../../../agent/doctor/check.ts';
import { isMissing } from '../../../agent/doctor/program-version.ts';
import { RunError } from '../../../agent/host/run-command.ts';
import { found, optional } from '../plain-finding.ts';

const TIMEOUT_MS = 8_000;

export const zfsCheck: Check = {
  name: 'zfs',
  isOptional: true,
  async look(machine, signal) {
    try {
      const { stdout } = await machine.run('zpool', ['list', '-H', '-o', 'name'], { timeoutMs: TIMEOUT_MS, signal });
      const pools = stdout.split('\n').filter((line) => line !== '');
      if (pools.length > 0) return found(`pools: ${pools.join(', ')} (not used yet: disks are qcow2 files)`);
      return optional('installed, but there is no pool; not used yet: disks are qcow2 files');
    } catch (error) {
      if (!isMissing(error) && !(error instanceof RunError)) throw error;
      const why =
        error instanceof RunError && !error.notFound ? `not usable (${error.stderr.trim()})` : 'not installed';
      return optional(`${why}, and not used yet: disks are qcow2 files`);
    }
  },
};
