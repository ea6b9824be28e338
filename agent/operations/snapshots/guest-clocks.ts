// The clock of a guest stands still while the guest does. Whatever lets guests go on sets their clocks afterwards, to the time at
// which it is sent; a guest whose agent does not answer finds out by itself, later.
import type { Services } from '../services.ts';

/** Just after it went on a guest may be slow to answer: its host has forgotten what it had translated of it. */
const ATTEMPTS = 3;

type ClockServices = Pick<Services, 'inventory' | 'logger' | 'now' | 'running'>;

/** Whether the guest took it; null when it does not run. Never rejects. */
export async function setGuestClock(services: ClockServices, vmId: string): Promise<boolean | null> {
  const running = services.running.get(vmId);
  if (!running) return null;
  for (let left = hasAgent(services, vmId) ? ATTEMPTS : 1; left > 0; left--) {
    if (await running.setGuestTime(services.now).catch(() => false)) return true;
  }
  return false;
}

/** For guests that stood still for a moment: nobody waits for it, and those without an agent are left alone. */
export function setGuestClocksSoon(services: ClockServices, vmIds: readonly string[]): void {
  for (const vmId of vmIds) {
    if (!services.inventory.hasVm(vmId) || !hasAgent(services, vmId)) continue;
    void setGuestClock(services, vmId).then((isSet) => {
      if (isSet === false) services.logger.debug({ vmId }, 'a guest did not answer when its clock was set');
    });
  }
}

function hasAgent({ inventory }: ClockServices, vmId: string): boolean {
  return inventory.hasVm(vmId) && inventory.vm(vmId).placement.features.includes('guestAgent');
}
