// Frees unused space on the disks of an ENV's stopped VMs. Disks in use by a guest are not touched.
import { TtError } from '@tt/protocol';
import { StorageError } from '../../storage/errors.ts';
import { defineOperation } from '../define-operation.ts';
import { startFailure } from '../engine-failure.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { holdingEnv } from '../targets.ts';

interface Compacted {
  freedBytes: number;
  vms: { vmId: string; vmName: string; freedBytes: number; skipped: boolean }[];
}

export const compactEnvOperation = defineOperation({
  kind: 'env.compact',
  ...holdingEnv,
  cancellable: true,
  frees: true,
  run: ({ services, input, operation }) => compactEnv(services, input.name, operation),
});

async function compactEnv(
  services: Pick<Services, 'logger' | 'inventory' | 'storage' | 'budget' | 'checkpoint'>,
  envName: string,
  context: OperationContext,
): Promise<Compacted> {
  const vms: Compacted['vms'] = [];
  const all = services.inventory.vmsOf(envName);
  // One by one: it is the disk of the host that is slow, not this process.
  for (const {
    id,
    name,
    status: { state },
  } of all) {
    context.signal.throwIfAborted();
    context.step('compactingDisks', { done: vms.length, total: all.length });
    const skipped = state !== 'stopped' && state !== 'failed';
    const freedBytes = skipped ? 0 : await compactVm(services, id, name, context.signal);
    vms.push({ vmId: id, vmName: name, skipped, freedBytes });
    services.checkpoint('disk compacted');
  }
  const freedBytes = vms.reduce((sum, vm) => sum + vm.freedBytes, 0);
  services.logger.info({ envName, freedBytes }, 'disks compacted');
  return { freedBytes, vms };
}

async function compactVm(
  services: Pick<Services, 'inventory' | 'storage' | 'budget'>,
  vmId: string,
  vmName: string,
  signal: AbortSignal,
): Promise<number> {
  try {
    // Its result takes the place of the disk, so it counts in no quota.
    const growth = { owner: null, subject: vmName, signal };
    const compact = (write: { signal: AbortSignal }) => services.storage.compact(vmId, { signal: write.signal });
    return (await services.budget.write(growth, compact)).freedBytes;
  } catch (error) {
    if (error instanceof StorageError && error.code !== 'DISK_FULL') {
      throw new TtError('VM_CONTROL_FAILED', { vmName, reason: error.reason }, { cause: error });
    }
    throw await startFailure(services, services.inventory.vm(vmId), error);
  }
}
