// Shutdown of a service that leaves nothing behind: VMs are stopped, networks and rules removed. Disks, ports and addresses stay
// recorded, so that the next start can bring everything back. After a SIGKILL the next start removes links and rules; processes
// are killed by the kernel, because they run in the agent's own PID namespace.
import { mapLimit } from '../../host/map-limit.ts';
import { haltVm } from '../vms/boot-vm.ts';
import type { Services } from '../services.ts';

const END_WIDTH = 32;

export async function tearDown(services: Services): Promise<void> {
  const { cgroups, inventory, networks, firewalls, running } = services;
  await mapLimit(running.list(), END_WIDTH, (handle) => haltVm(services, handle.id, 0));
  // A VM keeps its group while it is stopped; the next start makes it again.
  await mapLimit(await cgroups.list(), END_WIDTH, (vmId) => cgroups.destroy(vmId));
  for (const env of inventory.envs()) {
    for (const network of env.networks) await networks.forRemoval(network.kind)?.destroyEnv(network);
  }
  for (const firewall of firewalls.all()) await firewall.destroy();
}
