// What bridged networks need: root, nft, ip and dnsmasq. Without them guests get QEMU's user networking.
import { reason } from '@tt/protocol';
import { type Check, found, optional } from '../check.ts';
import { installFix } from '../install-fix.ts';
import { programVersion } from '../program-version.ts';

/** Command -> Debian's package, and the arguments that print its version. */
export const networkTools = {
  nft: { package: 'nftables', ask: '--version' },
  ip: { package: 'iproute2', ask: '-V' },
  dnsmasq: { package: 'dnsmasq-base', ask: '--version' },
} as const;

export const networkToolsCheck: Check = {
  name: 'network tools',
  isOptional: true,
  async look(machine, signal) {
    const tools = Object.entries(networkTools);
    const versions = await Promise.all(
      tools.map(([command, { ask }]) => programVersion(machine, command, [ask], signal)),
    );
    const missing = tools.filter((_, index) => versions[index] === null);
    if (missing.length > 0) {
      const packages = missing.map(([, tool]) => tool.package);
      return optional(
        reason('finding.toolsMissing', { tools: missing.map(([command]) => command).join(', ') }),
        installFix(machine, packages.join(', '), ...packages),
      );
    }
    const text = reason('finding.versions', {
      versions: tools.map(([command], index) => `${command} ${versions[index]}`).join(', '),
    });
    if (machine.isRoot) return found(text);
    return optional([text, reason('finding.bridgedNeedRoot')], reason('fix.runAsRoot'));
  },
};
