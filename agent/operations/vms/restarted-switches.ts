// After the switch of machines died and was started again: a QEMU that was in the middle of a frame sends nothing more until its VM was
// paused for a moment (decision 0108). Which one that is nobody can see, so all of those networks are paused and resumed.
import { eachApartInTurn } from '../../host/each-apart.ts';
import { atOneInstant } from '../snapshots/frozen-instant.ts';
import type { Services } from '../services.ts';

/**
 * To be called before networks are repaired, so that the cables of those that were repaired the last time are plugged in by now. ENVs that
 * are locked have their turn later.
 */
export async function resumeSenders({
  networks,
  inventory,
  running,
  locks,
  logger,
}: Pick<Services, 'networks' | 'inventory' | 'running' | 'locks' | 'logger'>): Promise<void> {
  for (const { kind, restarted } of networks.usable()) {
    if (!restarted || restarted.size === 0) continue;
    const names = new Map(
      inventory.envs().flatMap(({ name, networks: all }) => {
        const own = all.find((network) => network.kind === kind);
        return own && restarted.has(own.number) ? [[own.number, name] as const] : [];
      }),
    );
    for (const number of restarted) if (!names.has(number)) restarted.delete(number);
    await eachApartInTurn(names, async ([number, envName]) => {
      if (locks.isHeld(envName)) return;
      await locks.hold(envName, 'network-repair', async () => {
        const vms = inventory.vmsOf(envName).filter(({ spec }) => spec.nics.some((nic) => nic.kind === kind));
        const handles = vms.flatMap(({ id }) => running.get(id) ?? []);
        await atOneInstant(handles, async () => {});
        restarted.delete(number);
        logger.info(
          { envName, vms: handles.length },
          'machines were paused for a moment, as their switch had been restarted',
        );
      });
    });
  }
}
