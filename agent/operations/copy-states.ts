// Makes copies that are written down: disks and RAM of a saved state, then guests that wake up where it was taken.
import { inWaves } from '../host/in-waves.ts';
import { bootVm } from './boot-vm.ts';
import type { Copy } from './copy-reserve.ts';
import { needSpace, snapshotFailure, startFailure } from './engine-failure.ts';
import type { OperationContext } from './operation-registry.ts';
import type { Services } from './services.ts';
import { wire } from './wiring.ts';

/** What tables and logs of a copy may take at once, beside its RAM. */
const FRESH_COPY_BYTES = 4 * 1024 * 1024;

/**
 * Cards and disks of copies, from the saved state `tag`. The caller holds the ENV of the sources, so that nobody deletes it.
 * Whoever calls takes the copies back when this fails.
 */
export async function makeCopies(
  services: Services,
  copies: readonly Copy[],
  { tag, name }: { tag: string; name: string },
  context: OperationContext,
): Promise<void> {
  const ramBytes = copies.map(({ source: { vm, hasRam } }) =>
    hasRam ? services.snapshots.neededBytes(vm.resources.memoryMiB) : 0,
  );
  const neededBytes = ramBytes.reduce((sum, bytes) => sum + bytes, copies.length * FRESH_COPY_BYTES);
  await needSpace(services, `Copying ${name}`, neededBytes);
  context.signal.throwIfAborted();
  context.step('Connecting networks');
  await wire(
    services,
    copies.map(({ vmId }) => services.inventory.vm(vmId)),
  );
  let done = 0;
  context.step('Copying disks and memory', { done, total: copies.length });
  await inWaves(copies, services.limits.startWidth * 2, async ({ vmId, source: { vm } }) => {
    context.signal.throwIfAborted();
    try {
      await services.snapshots.clone(vm.id, tag, vmId);
    } catch (error) {
      throw await snapshotFailure(services, name, vm.name, error);
    }
    services.checkpoint('copied');
    context.step('Copying disks and memory', { done: ++done, total: copies.length });
  });
}

/** Wakes those that ran; the others stay off. Their copy of the saved state is dropped: it was for this only. */
export async function wakeCopies(
  services: Services,
  copies: readonly Copy[],
  tag: string,
  options: { linksDown: (vmId: string) => boolean },
  context: OperationContext,
): Promise<void> {
  const total = copies.length;
  let done = 0;
  context.step('Waking machines', { done, total });
  await inWaves(copies, services.limits.startWidth, async ({ vmId, source: { hasRam } }) => {
    context.signal.throwIfAborted();
    const linksDown = options.linksDown(vmId);
    if (hasRam) await bootVm(services, vmId, { loadTag: tag, linksDown, signal: context.signal });
    else services.inventory.updateVm(vmId, { state: 'stopped' });
    try {
      await services.snapshots.delete(vmId, tag, services.running.get(vmId));
    } catch (error) {
      throw await startFailure(services, services.inventory.vm(vmId).name, error);
    }
    services.checkpoint('woken');
    context.step('Waking machines', { done: ++done, total });
  });
}
