// All checks of `tt-agent doctor` for one configuration, in display order.
import type { AgentConfig } from '../../config.ts';
import { type EngineName, onlyFakes } from '../../engines/names.ts';
import type { Check } from '../check.ts';
import { agentSocketCheck } from './agent-socket.ts';
import { backgroundTasksCheck } from './background-tasks.ts';
import { bridgesCheck } from './bridges.ts';
import { cgroupsCheck } from './cgroups.ts';
import { clockCheck } from './clock.ts';
import { confinementCheck } from './confinement.ts';
import { foreignFirewallCheck } from './foreign-firewall.ts';
import { forwardAddressCheck } from './forward-address.ts';
import { guestHelperCheck } from './guest-helper.ts';
import { imagesCheck } from './images.ts';
import { kvmCheck } from './kvm.ts';
import { lanBridgeCheck } from './lan-bridge.ts';
import { memoryCheck } from './memory.ts';
import { networkToolsCheck } from './network-tools.ts';
import { nodeCheck } from './node.ts';
import { portsCheck } from './ports.ts';
import { qemuCheck } from './qemu.ts';
import { qemuImgCheck } from './qemu-img.ts';
import { spaceCheck } from './space.ts';
import { stateFolderCheck } from './state-folder.ts';
import { stateMediumCheck } from './state-medium.ts';
import { storageCheck } from './storage.ts';
import { switchCheck } from './switch.ts';
import { tearDownCheck } from './tear-down.ts';
import { uefiCheck } from './uefi.ts';
import { vmUsersCheck } from './vm-users.ts';

/** What each engine needs of the host. */
const engineChecks: Readonly<Record<EngineName, (config: AgentConfig) => Check[]>> = {
  qemu: ({ acceleration }) => [
    qemuCheck,
    qemuImgCheck,
    confinementCheck,
    kvmCheck(acceleration),
    uefiCheck,
    guestHelperCheck,
  ],
  fake: () => [],
};

export function checksFor(config: AgentConfig): Check[] {
  const isBridged = !['auto', 'user', 'switch'].includes(config.network);
  return [
    nodeCheck,
    ...config.engines.flatMap((name) => engineChecks[name](config)),
    imagesCheck(config.imageDirectory, config.prepareImages),
    stateFolderCheck,
    stateMediumCheck,
    spaceCheck,
    ...(onlyFakes(config.engines) ? [] : [storageCheck(config)]),
    memoryCheck,
    ...(config.network === 'user' ? [] : [networkToolsCheck, bridgesCheck(isBridged), foreignFirewallCheck]),
    ...(config.lanDevice === null ? [] : [lanBridgeCheck(config.lanDevice)]),
    ...(config.network === 'auto' || config.network === 'switch' ? [switchCheck] : []),
    cgroupsCheck(config.cgroups === 'auto'),
    vmUsersCheck(config),
    forwardAddressCheck(config),
    portsCheck({ first: config.firstPort, last: config.lastPort }),
    ...(config.socketFile === null ? [] : [agentSocketCheck(config.socketFile, config)]),
    clockCheck,
    backgroundTasksCheck,
    ...(config.tearDownOnExit ? [tearDownCheck] : []),
  ];
}
