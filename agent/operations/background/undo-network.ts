// The end of an agent that somebody started by hand: what it made on the host for networks is removed, and settings of the host
// get their former values. Records stay, so the next start makes all of it again.
import type { Services } from '../services.ts';

/** Does nothing while a process of a VM runs: its network outlives the agent as it does. Never rejects. */
export async function undoNetwork({
  inventory,
  running,
  networks,
  firewalls,
  hostChanges,
  logger,
}: Pick<Services, 'inventory' | 'running' | 'networks' | 'firewalls' | 'hostChanges' | 'logger'>): Promise<void> {
  // Recorded, but perhaps not taken up by this agent: then nobody knows that it has ended.
  const recorded = inventory.vms().filter(({ status }) => status.process !== null);
  if (running.list().length > 0 || recorded.length > 0) {
    logger.info({ vms: recorded.map(({ name }) => name) }, 'machines run: networks and settings of the host stay');
    return;
  }
  try {
    for (const network of networks.usable())
      for (const what of await network.sweep({ envs: [], nics: [] })) logger.info({ what }, 'network undone');
    for (const firewall of firewalls.all()) await firewall.destroy();
    for (const what of await hostChanges.undo()) logger.info({ what }, 'setting of the host');
  } catch (error) {
    logger.error({ err: error }, 'could not undo everything on the host; the next agent that ends tries again');
  }
}
