// Makes networks and firewall match the records, at start and periodically. After a restart most of it still exists, after a
// reboot of the host nothing does; both are repaired in the same way.
import { eachApartInTurn } from '../../host/each-apart.ts';
import type { Services } from '../services.ts';
import { rulesOf, setNets, setRules } from './network-setup.ts';
import type { EnvRecord } from '../../state/records.ts';
import { nicsOf } from '../../state/vm-record.ts';

/** The networks and rules of ENVs, and the drivers that create them. */
type NetworkServices = Pick<Services, 'logger' | 'inventory' | 'networks' | 'firewalls'>;

/** Rules first, so that no guest is ever without them; then bridges, NICs and DHCP servers. */
export async function restoreNetworkSetup(services: NetworkServices): Promise<void> {
  const { inventory, firewalls, networks, logger } = services;
  const offered = new Set(networks.usable().map((network) => network.kind));
  const vms = inventory.vms().filter((vm) => vm.spec.nics.every((nic) => offered.has(nic.kind)));
  for (const vm of inventory.vms()) {
    if (!vms.includes(vm)) logger.error({ vmId: vm.id, vmName: vm.name }, 'this host no longer offers its network');
  }
  const rules = firewalls.split(vms.flatMap((vm) => rulesOf(services, vm)));
  for (const firewall of firewalls.all()) await firewall.restore(rules.get(firewall) ?? []);
  const whole = vms.filter((vm) => vm.status.state !== 'creating' && vm.status.state !== 'deleting');
  try {
    await setNets(services, whole);
  } catch (error) {
    // The agent must come up, so that somebody can examine and fix it.
    logger.error({ err: error }, 'could not set up all networks');
  }
}

/** Removes links and DHCP servers with this agent's tag that belong to no ENV. */
export async function sweepNetworks({
  inventory,
  networks,
  logger,
}: Pick<Services, 'logger' | 'inventory' | 'networks'>): Promise<void> {
  // Of all kinds: they share the agent's tag.
  const known = {
    envs: inventory.envs().flatMap((env) => env.networks),
    nics: inventory.vms().flatMap((vm) => nicsOf(vm)),
  };
  for (const network of networks.usable()) {
    for (const what of await network.sweep(known)) logger.warn({ what }, 'removed leftovers of an earlier agent');
  }
}

/** Offers a network again whose bridge has come, with the NICs of VMs that were waiting for it. True if there is one. */
export async function retryNetworks(services: NetworkServices): Promise<boolean> {
  const { networks, inventory, logger } = services;
  const kinds = await networks.retry();
  if (kinds.length === 0) return false;
  logger.info({ kinds }, 'a network can be used now');
  const offered = new Set(networks.usable().map(({ kind }) => kind));
  const vms = inventory.vms().filter(({ spec: { nics }, status: { state } }) => {
    const isWhole = state !== 'creating' && state !== 'deleting';
    return isWhole && nics.some(({ kind }) => kinds.includes(kind)) && nics.every(({ kind }) => offered.has(kind));
  });
  await setRules(services, vms);
  await setNets(services, vms);
  return true;
}

/**
 * Compares networks and firewalls with the records and repairs them: each driver separately, so that one that fails does not
 * stop the others. The log says what was wrong and what was done, not who did it: nobody knows.
 */
export function repairNetworkSetup({
  firewalls,
  networks,
  inventory,
  logger,
}: Omit<NetworkServices, 'inventory'> & { inventory: Pick<Services['inventory'], 'envs'> }): Promise<void> {
  // Those in the bin keep theirs: they are restored as they were.
  const isWhole = ({ phase }: EnvRecord) => phase === 'ready' || phase === 'deleted';
  const envs = inventory.envs().flatMap((env) => (isWhole(env) ? env.networks : []));
  const repairs = [
    ...firewalls.all().map((firewall) => ({
      repair: () => firewall.repair(),
      message: 'firewall rules differed from the records and were restored',
    })),
    ...networks.usable().map((network) => ({
      repair: () => network.repair(envs.filter(({ kind }) => kind === network.kind)),
      // What was done is in the words of the driver: not everything can be repaired.
      message: 'a network was not set up as recorded',
    })),
  ];
  return eachApartInTurn(repairs, async ({ repair, message }) => {
    for (const what of await repair()) logger.warn({ what }, message);
  });
}
