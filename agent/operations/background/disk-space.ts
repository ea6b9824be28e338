// Maintains the disk of the host: refills the reserve, writes records that did not fit before, and resumes guests that were
// paused because the disk was full.
import { eachApartInTurn } from '../../host/each-apart.ts';
import { AGENT } from '../caller.ts';
import { runOperation } from '../run-operation.ts';
import type { Services } from '../services.ts';
import { resumeWithSpaceOperation, SPACE_TO_RESUME_BYTES, waitsForSpace } from '../vms/resume-vm.ts';

export async function maintainDiskSpace(services: Services): Promise<void> {
  const { inventory, locks, reserve, running, storage } = services;
  reserve.restore();
  running.recordPending();
  const waiting = inventory.vms().filter(waitsForSpace);
  if (waiting.length === 0) return;
  const { freeBytes } = await storage.space();
  if (freeBytes < SPACE_TO_RESUME_BYTES) return;
  await eachApartInTurn(waiting, async ({ id: vmId, envName }) => {
    // Until the operation has locked the ENV nothing else runs: there is no `await` in between.
    const vm = inventory.findVm(vmId);
    if (!vm || !waitsForSpace(vm) || !running.get(vmId)) return;
    // An operation that has the ENV now may be stopping or deleting it; the next look comes soon.
    if (!locks.isHeld(envName)) await runOperation(services, resumeWithSpaceOperation, { vmId }, AGENT);
  });
}
