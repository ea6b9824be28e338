// Adds VMs to an existing ENV, all or nothing: a failure leaves the ENV unchanged.
import type { EnvDetail, VmGroup } from '@tt/protocol';
import { ownersOf } from '../../access/owners.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import { allOrNothing, keepFromHere } from '../all-or-nothing.ts';
import { type Caller, mayChange } from '../caller.ts';
import { allocatedTo } from '../capacity/capacity-check.ts';
import { admitRequest } from '../capacity/capacity.ts';
import { admitRecords, plannedTextSize } from '../capacity/record-limits.ts';
import { defineOperation } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { waitForImages } from '../images/wait-for-images.ts';
import { onEnv } from '../targets.ts';
import { startsFor } from '../warm/choose-starts.ts';
import { allocate, type Wake } from '../vms/allocate.ts';
import { mayUseBridge } from '../vms/bridge-permission.ts';
import { makeVms } from '../vms/make-vms.ts';
import { type PlannedVm, planVms } from '../vms/plan-vms.ts';
import { checkDrives, checkNetworks } from './create-env.ts';
import { envDetail } from './env-detail.ts';
import { mustHaveTime } from './lifetime.ts';

/** It holds its ENV itself, once the images it needs are there. */
export const addVmsOperation = defineOperation({
  kind: 'env.addVms',
  ...onEnv,
  cancellable: true,
  run: ({ services, input, caller, operation }) => addVms(services, input, caller, operation),
});

interface AddVmsRequest {
  name: string;
  groups: readonly VmGroup[];
  wait?: boolean | undefined;
  cold?: boolean | undefined;
}

async function addVms(
  services: Services,
  { name: envName, groups, wait = true, cold = false }: AddVmsRequest,
  caller: Caller,
  context: OperationContext,
): Promise<EnvDetail> {
  mustHaveTime(services.inventory.env(envName));
  context.step('checkingEngine');
  await services.engines.settled();
  const check = (): PlannedVm[] => {
    const planned = plan(services, envName, groups);
    mayUseBridge(services, caller, planned);
    return planned;
  };
  await waitForImages(services, wait, context, check);
  return services.locks.hold(envName, context.kind, async () => {
    // While it waited, another ENV may have got this name.
    mayChange(services, caller, envName);
    mustHaveTime(services.inventory.env(envName));
    await allOrNothing(services, context, async (undo) => {
      const made = await services.allocation.run(() => reserve(services, envName, groups, cold, undo));
      services.checkpoint('reserved');
      await makeVms(services, envName, made, context);
      keepFromHere(context);
    });
    return envDetail(services, envName);
  });
}

async function reserve(
  services: Services,
  envName: string,
  groups: readonly VmGroup[],
  cold: boolean,
  undo: UndoStack,
): Promise<{ vmIds: string[]; wakes: Wake[] }> {
  const { sharedUuid } = services.inventory.env(envName);
  const starts = await startsFor(services, plan(services, envName, groups), { cold, sameUuid: sharedUuid !== null });
  const planned = plan(services, envName, groups).map((one) => ({ ...one, start: starts(one) }));
  return allocate(services, services.inventory.env(envName), planned, undefined, undo);
}

/** Every check that needs no waiting. */
function plan(services: Services, envName: string, groups: readonly VmGroup[]): PlannedVm[] {
  const env = services.inventory.env(envName);
  const planned = planVms({
    envName,
    groups,
    images: services.images.list(),
    engines: services.engines,
    defaultNetKind: services.networks.defaultKind,
    takenNames: new Set(services.inventory.vmsOf(envName).map((vm) => vm.name)),
  });
  checkNetworks(services, planned, env.denyOutgoing);
  checkDrives(services, planned);
  const wanted = allocatedTo(planned.map(({ spec }) => ({ state: 'creating', spec })));
  admitRequest(services, ownersOf(env), { envs: 0, vms: planned.length, ...wanted });
  admitRecords(services, env.owner, { vms: planned.length, textBytes: plannedTextSize(planned) });
  return planned;
}
