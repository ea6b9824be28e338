// Adds VMs to a living ENV, all or nothing: a failure leaves the ENV as it was.
import type { EnvDetail, VmGroup } from '@tt/protocol';
import type { UndoStack } from '../../host/undo-stack.ts';
import { promisedTo } from '../capacity/admission.ts';
import { allOrNothing, keepFromHere } from '../all-or-nothing.ts';
import { allocate } from '../vms/allocate.ts';
import { mustHaveTime } from './lifetime.ts';
import { checkDrives, checkNetworks } from './create-env.ts';
import { defineOperation } from '../define-operation.ts';
import { envDetail } from './env-detail.ts';
import { makeVms } from '../vms/make-vms.ts';
import type { OperationContext } from '../operation-registry.ts';
import { planVms } from '../vms/plan-vms.ts';
import type { Services } from '../services.ts';
import { admitWish } from '../capacity/capacity.ts';
import { holdingEnv } from '../targets.ts';

export const addVmsOperation = defineOperation({
  kind: 'env.addVms',
  ...holdingEnv,
  cancellable: true,
  run: ({ services, input, operation }) => addVms(services, input.name, input.groups, operation),
});

async function addVms(
  services: Services,
  envName: string,
  groups: readonly VmGroup[],
  context: OperationContext,
): Promise<EnvDetail> {
  mustHaveTime(services.inventory.env(envName));
  context.step('checkingEngine');
  await services.engines.settled();
  await allOrNothing(services, context, async (undo) => {
    const vmIds = await services.allocation.run(() => reserve(services, envName, groups, undo));
    services.checkpoint('reserved');
    await makeVms(services, envName, vmIds, context);
    keepFromHere(context);
  });
  return envDetail(services, envName);
}

async function reserve(
  services: Services,
  envName: string,
  groups: readonly VmGroup[],
  undo: UndoStack,
): Promise<string[]> {
  const env = services.inventory.env(envName);
  const plan = planVms({
    envName,
    groups,
    images: services.images.list(),
    engines: services.engines,
    defaultNetKind: services.networks.defaultKind,
    takenNames: new Set(services.inventory.vmsOf(envName).map((vm) => vm.name)),
  });
  checkNetworks(services, plan, env.denyOutgoing);
  checkDrives(services, plan);
  const wanted = promisedTo(plan.map(({ resources, disks }) => ({ state: 'creating', resources, disks })));
  admitWish(services, env.owner, { envs: 0, vms: plan.length, ...wanted });
  const { vmIds } = await allocate(services, env, plan, undefined, undo);
  return vmIds;
}
