// Maintains the disk of the host: refills the reserve, writes records that did not fit before, and resumes guests that were
// paused because the disk was full.
import { eachApartInTurn } from '../../host/each-apart.ts';
import type { Services } from '../services.ts';
import { ROOM_TO_RESUME_BYTES, resumeVm, waitsForSpace } from '../vms/resume-vm.ts';

export async function lookAfterDisk(services: Services): Promise<void> {
  const { inventory, locks, reserve, running, storage } = services;
  reserve.restore();
  running.recordPending();
  const waiting = inventory.vms().filter(waitsForSpace);
  if (waiting.length === 0) return;
  const { freeBytes } = await storage.space();
  if (freeBytes < ROOM_TO_RESUME_BYTES) return;
  await eachApartInTurn(waiting, async ({ id, envName }) => {
    // An operation that has the ENV now may be stopping or deleting it; the next look comes soon.
    if (locks.isHeld(envName)) return;
    await locks.hold(envName, 'disk-room', async () => {
      const vm = inventory.findVm(id);
      if (vm && waitsForSpace(vm) && running.get(id)) await resumeVm(services, id);
    });
  });
}
