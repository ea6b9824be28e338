// Whether the bridge of the host that machines can join is there, as the configuration names it.
import { reason } from '@tt/protocol';
import { RunError } from '../../host/run-command.ts';
import { type Check, found, needed } from '../check.ts';
import { installFix } from '../install-fix.ts';
import { isMissing } from '../program-version.ts';

const TIMEOUT_MS = 8_000;

interface Link {
  flags?: string[];
  linkinfo?: { info_kind?: string };
}

export function lanBridgeCheck(device: string): Check {
  const guide = reason('fix.lanGuide');
  return {
    name: 'bridge to the network',
    async look(machine, signal) {
      try {
        const args = ['-json', '-details', 'link', 'show', 'dev', device];
        const { stdout } = await machine.run('ip', args, { timeoutMs: TIMEOUT_MS, signal });
        const [link] = JSON.parse(stdout) as Link[];
        if (link?.linkinfo?.info_kind !== 'bridge') return needed(reason('finding.lanNoBridge', { device }), guide);
        if (!link.flags?.includes('UP'))
          return needed(reason('finding.lanDown', { device }), `ip link set dev ${device} up`);
        return found(reason('finding.lanBridge', { device }));
      } catch (error) {
        if (isMissing(error))
          return needed(
            reason('finding.programMissing', { program: 'ip' }),
            installFix(machine, 'iproute2', 'iproute2'),
          );
        if (!(error instanceof RunError)) throw error;
        return needed(reason('finding.lanMissing', { device }), guide);
      }
    },
  };
}
