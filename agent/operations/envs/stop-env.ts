// Stops all VMs of an ENV together.
import { mapLimit } from '../../host/map-limit.ts';
import { haltVm } from '../vms/boot-vm.ts';
import { defineOperation } from '../define-operation.ts';
import { envDetail } from './env-detail.ts';
import { chosenOf } from './member-of.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { holdingEnv } from '../targets.ts';

export const stopEnvOperation = defineOperation({
  kind: 'env.stop',
  ...holdingEnv,
  cancellable: false,
  frees: true,
  async run({ services, input, target: { name }, operation }) {
    await haltAll(services, name, input.graceS, operation, input.vmIds);
    return envDetail(services, name);
  },
});

/** Stops all VMs of an ENV, or these of them; the caller has locked it. */
export async function haltAll(
  services: Services,
  envName: string,
  graceS: number,
  context: OperationContext,
  vmIds?: readonly string[],
): Promise<void> {
  const live = chosenOf(services.inventory.vmsOf(envName), vmIds).filter(
    (vm) => vm.status.state === 'running' || vm.status.state === 'paused',
  );
  let done = 0;
  context.step('stoppingVms', { done, total: live.length });
  await mapLimit(live, live.length, async (vm) => {
    await haltVm(services, vm.id, graceS);
    context.step('stoppingVms', { done: ++done, total: live.length });
  });
}
