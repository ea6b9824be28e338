// Creates an ENV with its VMs, all or nothing: plan, check, reserve the name, create networks, disks and ports, start in waves.
import { type EnvDetail, type LabMark, type SnapshotSchedule, TtError, type VmGroup, featuresFor } from '@tt/protocol';
import { randomUUID } from 'node:crypto';
import { ownersOf } from '../../access/owners.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import type { EnvRecord } from '../../state/records.ts';
import type { BaseRef } from '../../state/vm-record.ts';
import { admitRecords, plannedTextSize, textSize } from '../capacity/record-limits.ts';
import type { Caller } from '../caller.ts';
import { allocatedTo } from '../capacity/capacity-check.ts';
import { admitRequest } from '../capacity/capacity.ts';
import { defineOperation } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { allocate, type Wake } from '../vms/allocate.ts';
import { startsFor } from '../warm/choose-starts.ts';
import { mustHaveUefi } from '../vms/drives/make-disks.ts';
import { waitForImages } from '../images/wait-for-images.ts';
import { mayUseBridge } from '../vms/bridge-permission.ts';
import { mustHaveFeatures } from '../vms/engine-features.ts';
import { makeVms } from '../vms/make-vms.ts';
import { type PlannedVm, planVms } from '../vms/plan-vms.ts';
import { envDetail } from './env-detail.ts';
import { type NewEnvRequest, addRemoval, checkNewEnvs, makeEnvs, newEnv } from './new-env.ts';
import { withSchedule } from '../snapshots/snapshot-schedule.ts';

export interface CreateEnvRequest extends NewEnvRequest {
  name: string;
  tags?: string[] | undefined;
  groups: VmGroup[];
  denyOutgoing?: boolean | undefined;
  snapshotSchedule?: SnapshotSchedule | undefined;
  sameUuid?: boolean | undefined;
  vni?: number | undefined;
  /** false: refuse when an image is being built. Default: wait for it. */
  wait?: boolean | undefined;
  /** Boot all VMs. Default: those that fit wake from the warm instant of their image. */
  cold?: boolean | undefined;
  lab?: LabPlacement;
}

/** For the ENV of a session: its mark, and the source of its machine's disk. */
export interface LabPlacement {
  mark: LabMark;
  /** The one image it is planned by, by its whole name. */
  image: string;
  base: BaseRef;
  discardWrites: boolean;
  /** Throws if it is not possible (any more); called where nothing can happen between the check and the record. */
  check: () => void;
}

/** It reserves its name itself, once the request is known to be valid. */
export const createEnvOperation = defineOperation({
  kind: 'env.create',
  allow: () => null,
  subject: (_target, { name }) => ({ envName: name }),
  cancellable: true,
  run: ({ services, input, caller, operation }) => createEnv(services, input, caller, operation),
});

export async function createEnv(
  services: Services,
  request: CreateEnvRequest,
  caller: Caller,
  context: OperationContext,
): Promise<EnvDetail> {
  context.step('checkingEngine');
  await services.engines.settled();
  // Once before anybody waits for the lock: what can't be refuses at once.
  await waitForImages(services, request.wait ?? true, context, () => checkRequest(services, request, caller));
  await makeEnvs(services, [request.name], context, async (undo) => {
    const made = await services.allocation.run(() => reserve(services, request, caller, undo));
    services.checkpoint('reserved');
    await makeVms(services, request.name, made, context);
    services.checkpoint('started');
  });
  return envDetail(services, request.name);
}

/** Every check that needs no waiting: a refused request touches nothing. */
function checkRequest(services: Services, request: CreateEnvRequest, caller: Caller): PlannedVm[] {
  checkNewEnvs(services, [request.name], request, caller);
  request.lab?.check();
  const plan = planVms({
    envName: request.name,
    groups: request.groups,
    images: services.images.list().filter(({ name }) => !request.lab || name === request.lab.image),
    engines: services.engines,
    defaultNetKind: services.networks.defaultKind,
    takenNames: new Set(),
  }).map((planned) => (request.lab ? { ...planned, lab: request.lab } : planned));
  mayUseBridge(services, caller, plan);
  checkNetworks(services, plan, request.denyOutgoing ?? false);
  checkDrives(services, plan);
  const wanted = allocatedTo(plan.map(({ spec }) => ({ state: 'creating', spec })));
  admitRequest(services, ownersOf({ owner: caller.name, team: request.team }), {
    envs: 1,
    vms: plan.length,
    ...wanted,
  });
  const texts = textSize(request.title, request.notes, ...(request.tags ?? []));
  admitRecords(services, caller.name, { vms: plan.length, textBytes: texts + plannedTextSize(plan) });
  return plan;
}

/** Throws FEATURE_UNSUPPORTED, IMAGE_NOT_FOUND or IMAGE_WRONG_KIND, before anything is made. */
export function checkDrives(services: Pick<Services, 'engines' | 'images' | 'uefi'>, plan: readonly PlannedVm[]): void {
  for (const vm of plan) {
    const { spec } = vm;
    const media = spec.cds.flatMap(({ medium }) => medium ?? []);
    for (const medium of media) services.images.medium(medium);
    mustHaveFeatures(services, vm, [...(media.length > 0 ? ['cd'] : []), ...featuresFor(spec)]);
    if (spec.firmware === 'uefi') mustHaveUefi(services, vm);
  }
}

/** Throws NETWORK_UNAVAILABLE or FEATURE_UNSUPPORTED, before anything is made. */
export function checkNetworks(
  services: Pick<Services, 'networks' | 'firewalls'>,
  plan: readonly PlannedVm[],
  denyOutgoing: boolean,
): void {
  for (const {
    name,
    spec: { nics, blacklist, ports },
  } of plan) {
    for (const { kind, bandwidthMbps } of nics) {
      const network = services.networks.of(kind);
      const wanted = [...(bandwidthMbps === null ? [] : ['bandwidth']), ...(nics.length > 1 ? ['severalNics'] : [])];
      // ssh is in every request; where there are no ports it is simply left out.
      if (ports.length > 1 && nics[0]?.kind === kind) wanted.push('portForward');
      const [missing] = network.checkFeatures(wanted);
      if (missing) throw new TtError('FEATURE_UNSUPPORTED', { feature: missing, where: `${name} (${kind})` });
    }
    const wanted = [...(blacklist.length > 0 ? ['blacklist'] : []), ...(denyOutgoing ? ['denyOutgoing'] : [])];
    for (const firewall of new Set(nics.map(({ kind }) => services.firewalls.of(kind)))) {
      const [missing] = firewall.checkFeatures(wanted);
      if (missing) throw new TtError('FEATURE_UNSUPPORTED', { feature: missing, where: `${name} (${firewall.name})` });
    }
  }
}

/** Checks again and writes the ENV and its VMs down: of two callers with one name exactly one gets it. */
async function reserve(
  services: Services,
  request: CreateEnvRequest,
  caller: Caller,
  undo: UndoStack,
): Promise<{ vmIds: string[]; wakes: Wake[] }> {
  // Looked up before the last check: nothing can happen between that and the record.
  const starts = await startsFor(services, checkRequest(services, request, caller), request);
  const plan = checkRequest(services, request, caller).map((planned) => ({ ...planned, start: starts(planned) }));
  const env: EnvRecord = {
    ...newEnv(services, request.name, request, caller),
    tags: request.tags ?? [],
    denyOutgoing: request.denyOutgoing ?? false,
    ...withSchedule(request.snapshotSchedule ?? null, services.now()),
    sharedUuid: request.sameUuid ? randomUUID() : null,
    lab: request.lab?.mark ?? null,
  };
  addRemoval(services, env, undo);
  return allocate(services, env, plan, request.vni, undo);
}
