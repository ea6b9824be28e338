// Creates an ENV with its VMs, all or nothing: plan, check, reserve the name, make disks and ports, start in waves.
import { randomUUID } from 'node:crypto';
import { type EnvDetail, isValidName, LIFETIME_DEFAULT_S, LIFETIME_MAX_S, TtError, type VmGroup } from '@tt/protocol';
import { inWaves } from '../host/in-waves.ts';
import { UndoStack } from '../host/undo-stack.ts';
import type { EnvRecord, VmRecord } from '../state/records.ts';
import { admit, promisedTo } from './admission.ts';
import { bootVm } from './boot-vm.ts';
import { needSpace, startFailure } from './engine-failure.ts';
import { envDetail } from './env-detail.ts';
import { promisedNow } from './memory-claims.ts';
import type { OperationContext } from './operation-registry.ts';
import { type PlannedVm, planVms } from './plan-env.ts';
import { removeVm } from './remove-vm.ts';
import type { Services } from './services.ts';

/** What a fresh overlay and the logs of a VM may take at once. */
const FRESH_VM_BYTES = 4 * 1024 * 1024;

export interface CreateEnvRequest {
  name: string;
  title?: string | undefined;
  notes?: string | undefined;
  tags?: string[] | undefined;
  groups: VmGroup[];
  lifetimeS?: number | undefined;
  denyOutgoing?: boolean | undefined;
}

export async function createEnv(
  services: Services,
  request: CreateEnvRequest,
  context: OperationContext,
): Promise<EnvDetail> {
  context.step('Checking the engine');
  await services.engineReady();
  const plan = checkRequest(services, request);
  await services.locks.hold(request.name, 'being created', async () => {
    const undo = new UndoStack((what, error) => services.logger.error({ err: error, what }, 'undo step failed'));
    try {
      const vmIds = reserve(services, request, plan, undo);
      await needSpace(services, `Creating ${request.name}`, plan.length * FRESH_VM_BYTES);
      await prepare(services, plan, vmIds, context);
      await startAll(services, vmIds, context);
      context.noReturn();
      context.signal.throwIfAborted();
      services.inventory.putEnv({ ...services.inventory.env(request.name), phase: 'ready' });
      undo.commit();
    } catch (error) {
      context.step('Taking everything back');
      await undo.undo();
      throw error;
    }
  });
  return envDetail(services, request.name);
}

/** Every check that needs no waiting: a refused request touches nothing. */
function checkRequest(services: Services, request: CreateEnvRequest): PlannedVm[] {
  const { inventory, limits } = services;
  if (!isValidName(request.name)) throw new TtError('NAME_INVALID', { name: request.name });
  if (inventory.hasEnv(request.name)) throw new TtError('ENV_NAME_TAKEN', { envName: request.name });
  const lifetimeS = request.lifetimeS ?? LIFETIME_DEFAULT_S;
  if (lifetimeS > LIFETIME_MAX_S) throw new TtError('LIFETIME_TOO_LONG', { wantedS: lifetimeS, maxS: LIFETIME_MAX_S });
  const plan = planVms(request.name, request.groups, services.images.list());
  const wanted = promisedTo(plan.map(({ resources }) => ({ state: 'creating', resources })));
  const total = { memoryMiB: limits.memoryTotalMiB, diskMiB: limits.diskTotalMiB };
  admit(total, promisedNow(services), wanted);
  return plan;
}

/** Writes the ENV and its VMs down, in the same turn as the checks: of two callers with one name exactly one gets it. */
function reserve(services: Services, request: CreateEnvRequest, plan: readonly PlannedVm[], undo: UndoStack): string[] {
  const { inventory } = services;
  const start = services.now();
  const env: EnvRecord = {
    name: request.name,
    title: request.title ?? '',
    owner: 'local',
    notes: request.notes ?? '',
    tags: request.tags ?? [],
    startAt: start.toISOString(),
    endAt: new Date(start.getTime() + (request.lifetimeS ?? LIFETIME_DEFAULT_S) * 1000).toISOString(),
    denyOutgoing: request.denyOutgoing ?? false,
    phase: 'creating',
  };
  inventory.putEnv(env);
  undo.add(`ENV ${env.name}`, () => inventory.deleteEnv(env.name));
  return plan.map((planned) => {
    const vm = newVm(services, env, planned);
    inventory.putVm(vm);
    undo.add(`VM ${vm.name}`, () => removeVm(services, vm.id));
    return vm.id;
  });
}

function newVm(services: Services, env: EnvRecord, planned: PlannedVm): VmRecord {
  const image = services.images.ready(planned.image.name);
  const taken = new Set(services.inventory.vms().map((vm) => vm.mac));
  return {
    id: randomUUID(),
    envName: env.name,
    name: planned.name,
    hostname: planned.hostname,
    uuid: randomUUID(),
    mac: services.network.createMac(taken),
    image: planned.image.name,
    engine: services.engine.name,
    features: services.engine.features.filter((name) => name !== 'guestAgent' || planned.image.features.includes(name)),
    resources: planned.resources,
    boot: image.boot,
    portMap: [],
    state: 'creating',
    failure: null,
    process: null,
    acceleration: null,
    createdAt: services.now().toISOString(),
    runningSince: null,
  };
}

async function prepare(
  services: Services,
  plan: readonly PlannedVm[],
  vmIds: readonly string[],
  context: OperationContext,
): Promise<void> {
  // One after the other, so that ports stand in the order of the machines.
  for (const [index, planned] of plan.entries()) {
    services.inventory.updateVm(vmIds[index] as string, { portMap: await services.firewall.publish(planned.ports) });
  }
  let done = 0;
  context.step('Cloning disks', { done, total: plan.length });
  await inWaves(plan, services.limits.startWidth * 2, async (planned, index) => {
    context.signal.throwIfAborted();
    const vmId = vmIds[index] as string;
    const { disk } = services.images.ready(planned.image.name);
    try {
      await services.storage.createImage(vmId, disk, planned.resources.diskMiB);
    } catch (error) {
      throw await startFailure(services, planned.name, error);
    }
    context.step('Cloning disks', { done: ++done, total: plan.length });
  });
}

async function startAll(services: Services, vmIds: readonly string[], context: OperationContext): Promise<void> {
  let done = 0;
  context.step('Starting machines', { done, total: vmIds.length });
  await inWaves(vmIds, services.limits.startWidth, async (vmId) => {
    context.signal.throwIfAborted();
    await bootVm(services, vmId, { signal: context.signal });
    context.step('Starting machines', { done: ++done, total: vmIds.length });
  });
}
