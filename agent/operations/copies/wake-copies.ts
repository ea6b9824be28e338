// The last part of every copy: guests that were running resume in their saved state, then the identity of each is reset.
import { mapLimit } from '../../host/map-limit.ts';
import { bootVm } from '../vms/boot-vm.ts';
import type { Copy } from './copy-reserve.ts';
import type { SealedRams } from './sealed-rams.ts';
import { startFailure } from '../engine-failure.ts';
import { resetIdentities, type IdentityResetRequest } from './identity/reset-identities.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';

/**
 * `tag`: the saved state of each copy, which is forgotten afterwards; `sealed`: as they were placed, null where each has a file. Copies of stopped VMs stay off. NICs stay disconnected
 * until a guest's identity is reset, except behind a fence, where it keeps the original's.
 */
export async function wakeCopies(
  services: Services,
  copies: readonly Copy[],
  tag: string,
  request: IdentityResetRequest,
  context: OperationContext,
  sealed: Pick<SealedRams, 'of'> | null,
): Promise<void> {
  const total = copies.length;
  let done = 0;
  context.step('resumingVms', { done, total });
  await mapLimit(copies, services.limits.startWidth, async ({ vmId, source: { vm, hasRam } }) => {
    context.signal.throwIfAborted();
    const waking = {
      loadTag: tag,
      isFresh: true,
      sealedRam: (await sealed?.of(vm.id)) ?? null,
      linksDown: !request.fenced,
      signal: context.signal,
    };
    if (hasRam) await bootVm(services, vmId, waking);
    else services.inventory.updateVm(vmId, { status: { state: 'stopped' } });
    try {
      await services.snapshots.forgetCopied(vmId, tag, services.running.get(vmId));
    } catch (error) {
      throw await startFailure(services, services.inventory.vm(vmId), error);
    }
    services.checkpoint('woken');
    context.step('resumingVms', { done: ++done, total });
  });
  const vmIds = copies.map(({ vmId }) => vmId);
  await resetIdentities(services, vmIds, request, context);
}
