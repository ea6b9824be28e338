// A guest's clock stands still while the guest does. Whatever lets guests go on sets their clocks afterwards, to the time at which
// it is sent: at once and unseen after a short pause, by `set-clocks.ts` after a revert.
import type { Services } from '../services.ts';

/** Just after it went on a guest may be slow to answer: its host has forgotten what it had translated of it. */
const ATTEMPTS = 3;

export type ClockServices = Pick<Services, 'inventory' | 'logger' | 'now' | 'running'>;

/** One try: whether the guest accepted it; null when it does not run. Never rejects. */
export async function setGuestClock(services: ClockServices, vmId: string): Promise<boolean | null> {
  const running = services.running.get(vmId);
  if (!running) return null;
  return running.setGuestTime(services.now).catch(() => false);
}

/** For guests that stood still for a moment: nobody waits for it, and those without an agent are left alone. */
export function setGuestClocksSoon(services: ClockServices, vmIds: readonly string[]): void {
  for (const vmId of vmIds) {
    if (!services.inventory.hasVm(vmId) || !hasAgent(services, vmId)) continue;
    void tryAtOnce(services, vmId).then((isSet) => {
      if (!isSet) services.logger.debug({ vmId }, 'a guest did not answer when its clock was to be set');
    });
  }
}

async function tryAtOnce(services: ClockServices, vmId: string): Promise<boolean> {
  for (let left = ATTEMPTS; left > 0; left--) if ((await setGuestClock(services, vmId)) !== false) return true;
  return false;
}

/** Whether its image promises a guest agent. */
export function hasAgent({ inventory }: ClockServices, vmId: string): boolean {
  return inventory.hasVm(vmId) && inventory.vm(vmId).placement.features.includes('guestAgent');
}
