// Applies the recorded configuration of a VM and stores it: rules and NICs on the host. revert-disks.ts handles the drives of a
// running machine.
import type { VmRecord, VmStatus } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';
import { hasOtherNetwork } from './vm-config.ts';
import { setNets, setRules } from '../vms/network-setup.ts';

/** Rejects with NETWORK_FAILED or FIREWALL_FAILED, and then all is as before. What does not differ is not touched. `status`: written with it. */
export async function setConfig(
  services: Pick<Services, 'inventory' | 'networks' | 'firewalls'>,
  wanted: VmRecord,
  status: Partial<VmStatus> = {},
): Promise<void> {
  const { inventory } = services;
  const before = inventory.vm(wanted.id);
  const differs = hasOtherNetwork(before.spec, wanted.spec);
  try {
    if (differs.nets) await setNets(services, [wanted]);
    if (differs.rules) await setRules(services, [wanted]);
  } catch (error) {
    if (differs.nets) await setNets(services, [before]);
    if (differs.rules) await setRules(services, [before]);
    throw error;
  }
  inventory.updateVm(wanted.id, { spec: wanted.spec, status });
}
