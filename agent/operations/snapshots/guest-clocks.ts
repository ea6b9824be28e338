// The clock of a guest stops while the guest is paused. Whatever resumes guests sets their clocks afterwards, to the time at
// which the command is sent: silently after a short pause, in an operation of its own after a revert (`set-clocks.ts`).
import type { Services } from '../services.ts';

/** Right after it resumes a guest may be slow to answer, because the emulator has lost its translated code. */
const ATTEMPTS = 3;

export type ClockServices = Pick<Services, 'inventory' | 'logger' | 'now' | 'running'>;

/** One try: whether the guest accepted it; null when it does not run, or is paused and can't answer. Never rejects. */
export async function setGuestClock(services: ClockServices, vmId: string): Promise<boolean | null> {
  const running = services.running.get(vmId);
  if (!running || services.inventory.findVm(vmId)?.status.state !== 'running') return null;
  return running.setGuestTime(services.now).catch(() => false);
}

/** For briefly paused guests: callers do not wait for it, and guests without an agent are skipped. */
export function setGuestClocksSoon(services: ClockServices, vmIds: readonly string[]): void {
  for (const vmId of vmIds) {
    if (!services.inventory.hasVm(vmId) || !hasAgent(services, vmId)) continue;
    void tryAtOnce(services, vmId).then((isSet) => {
      if (!isSet) services.logger.debug({ vmId }, 'a guest did not answer when its clock was set');
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
