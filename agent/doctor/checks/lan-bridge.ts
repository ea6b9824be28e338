// Whether the bridge of the host that machines can join is there, as the configuration names it.
import { RunError } from '../../host/run-command.ts';
import { type Check, found, needed } from '../check.ts';
import { isMissing } from '../program-version.ts';

const TIMEOUT_MS = 8_000;

interface Link {
  flags?: string[];
  linkinfo?: { info_kind?: string };
}

export function lanBridgeCheck(device: string): Check {
  const guide = 'See "Networks" in docs/admin-guide.md for how to create a bridge that stays over reboots.';
  return {
    name: 'bridge to the network',
    async look(machine, signal) {
      try {
        const args = ['-json', '-details', 'link', 'show', 'dev', device];
        const { stdout } = await machine.run('ip', args, { timeoutMs: TIMEOUT_MS, signal });
        const [link] = JSON.parse(stdout) as Link[];
        if (link?.linkinfo?.info_kind !== 'bridge')
          return needed(`network.bridge.device: ${device} is an interface, but not a bridge`, guide);
        if (!link.flags?.includes('UP')) return needed(`${device} is down`, `ip link set dev ${device} up`);
        return found(`${device} is a bridge, and up`);
      } catch (error) {
        if (isMissing(error)) return needed('ip is not installed', 'Install iproute2.');
        if (!(error instanceof RunError)) throw error;
        return needed(`network.bridge.device: there is no ${device}`, guide);
      }
    },
  };
}
