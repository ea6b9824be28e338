// Maintains the disk of the host: refills the reserve, writes records that did not fit before, empties the bin when the disk is
// full, and resumes guests that were paused because of that.
import { AGENT } from '../../access/owners.ts';
import { eachApartInTurn } from '../../host/each-apart.ts';
import { reserveBytesOf } from '../../storage/disk-budget.ts';
import { isInBin } from '../envs/bin.ts';
import { runOperation } from '../run-operation.ts';
import type { Services } from '../services.ts';
import { resumeWithSpaceOperation, SPACE_TO_RESUME_BYTES, waitsForSpace } from '../vms/resume-vm.ts';
import { purge } from './purge.ts';

export async function maintainDiskSpace(services: Services): Promise<void> {
  const { inventory, locks, reserve, running, storage } = services;
  reserve.restore();
  running.recordPending();
  await makeSpaceFromBin(services);
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

/** Where every write is refused, what was deleted goes first: the longest deleted, one at a time, until there is space. */
async function makeSpaceFromBin(services: Services): Promise<void> {
  const { inventory, storage, locks } = services;
  const envs = inventory.envs();
  const deleted = envs.filter(isInBin).toSorted((a, b) => a.bin.deletedAt.localeCompare(b.bin.deletedAt));
  const [first] = deleted;
  // What is being deleted now may be enough. One that could not be deleted keeps no other from it.
  if (!first || envs.some(({ name, phase }) => phase === 'deleting' && locks.isHeld(name))) return;
  const { freeBytes, totalBytes } = await storage.space();
  if (freeBytes >= reserveBytesOf(totalBytes)) return;
  // Somebody may have restored it meanwhile.
  if (inventory.hasEnv(first.name) && isInBin(inventory.env(first.name))) purge(services, first, 'the disk is full');
}
