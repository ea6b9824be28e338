// The system clock, which lifetimes, tickets and sessions depend on.

import { reason } from '@tt/protocol';
import { RunError } from '../../host/run-command.ts';
import { type Check, found, optional } from '../check.ts';
import { isMissing } from '../program-version.ts';

const TIMEOUT_MS = 8_000;

export const clockCheck: Check = {
  name: 'clock',
  isOptional: true,
  async look(machine, signal) {
    try {
      const args = ['show', '--property=NTPSynchronized', '--value'];
      const { stdout } = await machine.run('timedatectl', args, { timeoutMs: TIMEOUT_MS, signal });
      if (stdout.trim() === 'yes') return found(reason('finding.clock'));
      return optional(reason('finding.clockFree'), `${machine.isRoot ? '' : 'sudo '}timedatectl set-ntp true`);
    } catch (error) {
      // No systemd, or none that answers (containers): whoever runs the host keeps its clock.
      if (isMissing(error) || error instanceof RunError) return found(reason('finding.clockForeign'));
      throw error;
    }
  },
};
