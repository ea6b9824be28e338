// Whether this kernel can create what bridged networks need: each device type is tried in a network namespace that ends with the
// command, so nothing remains on the host.
import { quoted, reason } from '@tt/protocol';
import { RunError } from '../../host/run-command.ts';
import { type Check, found, needed, optional } from '../check.ts';
import { isMissing } from '../program-version.ts';

const TIMEOUT_MS = 8_000;
const NAME = 'tt-doctor';

const parts = [
  { missing: 'finding.noBridge', module: 'bridge', command: ['ip', 'link', 'add', 'name', NAME, 'type', 'bridge'] },
  { missing: 'finding.noTap', module: 'tun', command: ['ip', 'tuntap', 'add', 'dev', NAME, 'mode', 'tap'] },
  {
    missing: 'finding.noVxlan',
    module: 'vxlan',
    command: ['ip', 'link', 'add', 'name', NAME, 'type', 'vxlan', 'id', '1', 'dstport', '4789'],
  },
  { missing: 'finding.noNftables', module: 'nf_tables', command: ['nft', 'add', 'table', 'ip', NAME] },
  {
    missing: 'finding.noBridgeNftables',
    module: 'nf_tables',
    command: ['nft', 'add', 'table', 'bridge', NAME],
  },
] as const;

/** `isWanted`: the configuration names bridged networks, so that their absence is a failure. */
export function bridgesCheck(isWanted: boolean): Check {
  const without = isWanted ? needed : optional;
  return {
    name: 'bridges',
    async look(machine, signal) {
      if (!machine.isRoot) return without(reason('finding.bridgesNeedRoot'), reason('fix.runAsRoot'));
      const reasons = await Promise.all(
        parts.map(async ({ command }) => {
          try {
            await machine.run('unshare', ['--net', ...command], { timeoutMs: TIMEOUT_MS, signal });
            return null;
          } catch (error) {
            if (isMissing(error)) return 'unshare is not installed';
            if (!(error instanceof RunError)) throw error;
            return error.stderr.trim().split('\n')[0] ?? '';
          }
        }),
      );
      const failed = parts.flatMap((part, index) => {
        const why = reasons[index];
        return typeof why === 'string' ? [{ ...part, why }] : [];
      });
      if (failed.length === 0) return found(reason('finding.bridges'));
      return without(
        failed.map(({ missing, why }) => quoted(missing, why)),
        `modprobe -a ${[...new Set(failed.map(({ module }) => module))].join(' ')}`,
      );
    },
  };
}
