// The address that clients are given for ports of VMs on bridges follows the host: a laptop changes its network, a server gets
// another lease. The forwards themselves apply to every address of the host and do not change.
import { isBehindQemu } from '../../network/behind-qemu.ts';
import type { Services } from '../services.ts';

const LOOPBACK = '127.0.0.1';

/** Records the present address where it differs. While the host has none, the last one stays. */
export function followHostAddress({
  inventory,
  hostAddress,
  logger,
}: Pick<Services, 'hostAddress' | 'logger' | 'inventory'>): void {
  for (const { id, name, spec, placement } of inventory.vms()) {
    const kind = spec.nics[0]?.kind;
    // QEMU listens at its address: that changes with the next start of the VM only.
    if (kind === undefined || isBehindQemu(kind)) continue;
    const address = hostAddress(kind);
    const [before] = placement.portMap.filter((mapping) => mapping.hostAddress !== address);
    if (before === undefined || address === LOOPBACK) continue;
    const portMap = placement.portMap.map((mapping) => ({ ...mapping, hostAddress: address }));
    inventory.updateVm(id, { placement: { portMap } });
    logger.info({ vmId: id, vmName: name, before: before.hostAddress, address }, 'the address of the host has changed');
  }
}
