// At start, and now and then: networks and firewall as they were written down. After a restart most of it is there still,
// after a reboot of the host nothing is; both are mended the same way.
import { eachApartInTurn } from '../../host/each-apart.ts';
import type { Services } from '../services.ts';
import { rulesOf, setNets } from './network-setup.ts';
import { nicsOf } from '../../state/vm-record.ts';

/** Rules first, so that no guest is ever without them; then bridges, cards and address servers. */
export async function restoreWiring(services: Services): Promise<void> {
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
    // The agent must come up, so that somebody can look at it and mend it.
    logger.error({ err: error }, 'could not set up all networks');
  }
}

/** Removes links and address servers with this agent's tag that belong to nobody. */
export async function sweepNetworks({ inventory, networks, logger }: Services): Promise<void> {
  // Of all kinds: they share the agent's tag.
  const known = {
    envs: inventory.envs().flatMap((env) => env.networks),
    nics: inventory.vms().flatMap((vm) => nicsOf(vm)),
  };
  for (const network of networks.usable()) {
    for (const what of await network.sweep(known)) logger.warn({ what }, 'removed leftovers of an earlier agent');
  }
}

/**
 * Holds what is in force against what should be, and mends it: each driver by itself, so that one that fails keeps no other
 * from its turn.
 */
export function repairWiring({ firewalls, networks, inventory, logger }: Services): Promise<void> {
  const envs = inventory.envs().flatMap((env) => (env.phase === 'ready' ? env.networks : []));
  const repairs = [
    ...firewalls.all().map((firewall) => () => firewall.repair()),
    ...networks.usable().map((network) => () => network.repair(envs.filter(({ kind }) => kind === network.kind))),
  ];
  return eachApartInTurn(repairs, async (repair) => {
    for (const what of await repair()) logger.warn({ what }, 'another program changed our settings; repaired');
  });
}
