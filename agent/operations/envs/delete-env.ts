// Deletes an ENV with its VMs, networks and snapshots, at once or by way of the bin.
import { defineOperation } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import { goesToBin } from './bin.ts';
import { putIntoBin } from './put-into-bin.ts';
import { removeEnv } from './remove-env.ts';
import { removeVms } from '../vms/remove-vm.ts';
import type { Services } from '../services.ts';
import { holdingOwnEnv } from '../targets.ts';

export const deleteEnvOperation = defineOperation({
  kind: 'env.delete',
  ...holdingOwnEnv,
  cancellable: false,
  frees: true,
  async run({ services, input, target: { name }, operation }) {
    const { inventory, settings } = services;
    if (!input.forGood && goesToBin(inventory.env(name), settings.current.keepDeletedS))
      return { name, keptUntil: await putIntoBin(services, name, operation) };
    await deleteHeldEnv(services, name, operation);
    return { name, keptUntil: null };
  },
});

/** Deletes an ENV that the caller has locked. */
export async function deleteHeldEnv(services: Services, envName: string, context: OperationContext): Promise<void> {
  const { inventory } = services;
  // Written down first: a crash in the middle is finished at the next start, never half kept.
  inventory.markDeleting(envName);
  services.checkpoint('env marked');
  const vms = inventory.vmsOf(envName);
  let done = 0;
  context.step('deletingVms', { done, total: vms.length });
  await removeVms(
    services,
    vms.map((vm) => vm.id),
    () => context.step('deletingVms', { done: ++done, total: vms.length }),
  );
  await removeEnv(services, envName);
  services.checkpoint('env removed');
}
