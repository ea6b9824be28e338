// Whether another firewall of this host drops packets of guests on bridges; nat and flat networks then have no connectivity.
import { quoted, reason } from '@tt/protocol';
import { RunError } from '../../host/run-command.ts';
import { warningOf } from '../../firewall/foreign-firewalls.ts';
import { readForeignDrops } from '../../firewall/nft/read-foreign-drops.ts';
import { type Check, found, optional } from '../check.ts';
import { isMissing } from '../program-version.ts';

const TIMEOUT_MS = 8_000;
/** Of the bridges of every agent: the doctor does not know the tag of one. */
const BRIDGES = 'ttb';

export const foreignFirewallCheck: Check = {
  name: 'other firewalls',
  isOptional: true,
  async look(machine, signal) {
    if (!machine.isRoot) return optional(reason('finding.rulesNeedRoot'), reason('fix.doctorAsRoot'));
    try {
      const run = async (command: string, args: readonly string[]) =>
        (await machine.run(command, args, { timeoutMs: TIMEOUT_MS, signal })).stdout;
      const drops = await readForeignDrops(run, BRIDGES);
      if (drops.length === 0) return found(reason('finding.noDrops'));
      return optional(drops.map(warningOf), ...drops.map(({ command }) => command));
    } catch (error) {
      if (isMissing(error)) return found(reason('finding.noNft'));
      if (!(error instanceof RunError)) throw error;
      return optional(quoted('finding.rulesUnreadable', error.stderr.trim().split('\n')[0] ?? ''));
    }
  },
};
