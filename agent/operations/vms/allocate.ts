// Allocates for planned VMs what must be unique on a host (networks, addresses, host ports, users) and records it. One caller at
// a time (`services.allocation`), so that what is free when it is chosen is still free when it is recorded.
import type { MachineSpec, PortMapping } from '@tt/protocol';
import { randomUUID } from 'node:crypto';
import type { Forward } from '../../firewall/interface.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import type { EnvNetwork, Nic } from '../../network/interface.ts';
import type { EnvRecord } from '../../state/records.ts';
import {
  type CopyIdentity,
  newVmRecord,
  nicsOf,
  type VmPlacement,
  type VmRecord,
  WAKING,
} from '../../state/vm-record.ts';
import type { WarmRecord } from '../../warm/warm-record.ts';
import { freshIdentity } from '../copies/copy-identity.ts';
import { networkFailure, startFailure } from '../engine-failure.ts';
import type { Services } from '../services.ts';
import type { Machine } from './engine-features.ts';
import { NO_IMAGE, type PlannedStart, type PlannedVm } from './plan-vms.ts';
import { removeVms } from './remove-vm.ts';

/** Which networks there are, and who makes new ones. */
type Nets = Pick<Services, 'inventory' | 'networks'>;

export interface Allocation {
  /** The ENV with the networks its VMs need. */
  env: EnvRecord;
  vmIds: string[];
}

/** A VM that wakes from a warm instant instead of booting. */
export interface Wake {
  vmId: string;
  warm: WarmRecord;
}

/**
 * The caller runs inside `services.allocation` and has checked that everything fits. Rejects with NETWORK_UNAVAILABLE,
 * ADDRESSES_EXHAUSTED or PORTS_EXHAUSTED; then nothing is written.
 */
export async function allocate(
  services: Services,
  env: EnvRecord,
  plan: readonly PlannedVm[],
  vni: number | undefined,
  undo: UndoStack,
): Promise<Allocation & { wakes: Wake[] }> {
  const networks = await networksFor(services, env, plan, vni);
  const places = await choosePlaces(services, env, networks, plan);
  const vms = plan.map((planned, index) => newVm(services, env, planned, places[index] as Place));
  const wakes = plan.flatMap(({ start }, index): Wake[] =>
    start && 'warm' in start ? [{ vmId: (vms[index] as VmRecord).id, warm: start.warm }] : [],
  );
  return { ...writeDown(services, { ...env, networks }, vms, undo), wakes };
}

/** Writes an ENV and VMs of it with their places down, in the same step in which these were chosen. */
export function writeDown(services: Services, env: EnvRecord, vms: readonly VmRecord[], undo: UndoStack): Allocation {
  services.inventory.putEnv(env);
  services.inventory.putVms(vms);
  const vmIds = vms.map((vm) => vm.id);
  undo.add(`${vms.length} VMs of ${env.name}`, () => removeVms(services, vmIds));
  return { env, vmIds };
}

/** What no other VM of this host may have. */
export type Place = Pick<VmPlacement, 'nics' | 'portMap' | 'confinement'>;

/** What a VM needs a place for. */
export interface Placed extends Machine {
  spec: Pick<MachineSpec, 'nics' | 'ports'>;
}

/** Places for VMs, in their order. Throws ENGINE_UNKNOWN or ENGINE_MISSING for one that could not be started. `twins`: NICs that are chosen already, for VMs with the addresses of others. */
export async function choosePlaces(
  services: Services,
  env: EnvRecord,
  networks: readonly EnvNetwork[],
  plan: readonly Placed[],
  twins?: Nic[],
): Promise<Place[]> {
  for (const { placement } of plan) services.engines.usable(placement.engine);
  const nics = twins ?? nicsFor(services, env.name, networks, plan);
  const users = await services.vmUsers?.allocate(plan.length, takenUids(services)).catch(async (error: unknown) => {
    throw await startFailure(services, plan[0] ?? { name: env.name, placement: { engine: '' } }, error);
  });
  const ports = plan.map((planned) => (!env.fenced && hasPorts(services, planned) ? planned.spec.ports : []));
  const forwards = await services.ports.reserve(ports.flat());
  return plan.map((planned, index) => ({
    portMap: forwards.splice(0, ports[index]?.length ?? 0).map((forward) => mappingOf(services, planned, forward)),
    nics: nics.splice(0, planned.spec.nics.length).map(({ mac, ip, tap }) => ({ mac, ip, tap })),
    confinement: users?.shift() ?? null,
  }));
}

/** Users of the host that VMs have. Those of warm images stay theirs: tools that read such a disk run as its user. */
export function takenUids({ inventory, warm }: Pick<Services, 'inventory' | 'warm'>): Set<number> {
  const vms = [...inventory.vms(), ...warm.list().map(({ vm }) => vm)];
  return new Set(vms.flatMap((vm) => vm.placement.confinement?.uid ?? []));
}

/** What the ENV has already, and one more for each kind its new VMs need. */
export async function networksFor(
  services: Nets,
  env: EnvRecord,
  plan: readonly Placed[],
  vni: number | undefined,
): Promise<EnvNetwork[]> {
  const networks = [...env.networks];
  const requested = plan.flatMap((planned) => planned.spec.nics);
  const taken = services.inventory.envs().flatMap((other) => (other.name === env.name ? [] : other.networks));
  for (const kind of new Set(requested.map((nic) => nic.kind))) {
    if (networks.some((network) => network.kind === kind)) continue;
    const nicCount = requested.filter((nic) => nic.kind === kind).length;
    const request = { envName: env.name, nicCount, ...(vni !== undefined && { vni }) };
    try {
      networks.push(await services.networks.of(kind).planEnv(request, [...taken, ...networks]));
    } catch (error) {
      throw networkFailure(env.name, error);
    }
  }
  return networks;
}

function nicsFor(services: Nets, envName: string, networks: readonly EnvNetwork[], plan: readonly Placed[]): Nic[] {
  const nics = services.inventory.vms().flatMap((vm) => nicsOf(vm));
  const macs = new Set(nics.map((nic) => nic.mac));
  return plan.flatMap(({ spec }) =>
    spec.nics.map(({ kind, bandwidthMbps }) => {
      const network = networks.find((candidate) => candidate.kind === kind) as EnvNetwork;
      try {
        const nic = services.networks.of(kind).planNic(network, { bandwidthMbps }, { nics, macs });
        nics.push(nic);
        macs.add(nic.mac);
        return nic;
      } catch (error) {
        throw networkFailure(envName, error);
      }
    }),
  );
}

/** A flat network has no ports of the host: its VMs are reached at their own addresses. */
function hasPorts(services: Pick<Services, 'networks'>, { spec: { nics } }: Placed): boolean {
  return services.networks.of(nics[0]?.kind ?? 'user').checkFeatures(['portForward']).length === 0;
}

function mappingOf(services: Pick<Services, 'hostAddress'>, planned: Placed, forward: Forward): PortMapping {
  return { ...forward, hostAddress: services.hostAddress(planned.spec.nics[0]?.kind ?? 'user') };
}

/** The record of a planned VM that is about to be created. */
export function newVm(
  services: Pick<Services, 'now' | 'engines' | 'images' | 'labs' | 'baseImages'>,
  env: Pick<EnvRecord, 'name' | 'sharedUuid'>,
  planned: PlannedVm,
  place: Place,
): VmRecord {
  const { start } = planned;
  const warm = start && 'warm' in start ? start.warm : null;
  return newVmRecord({
    id: randomUUID(),
    envName: env.name,
    name: planned.name,
    hostname: planned.hostname,
    uuid: env.sharedUuid ?? randomUUID(),
    createdAt: services.now().toISOString(),
    spec: planned.spec,
    placement: {
      ...place,
      engine: planned.placement.engine,
      features: featuresOf(services, planned),
      boot: bootOf(services, planned),
    },
    guest: {
      cloudInit: planned.cloudInit,
      identity: warm && identityFrom(warm),
    },
    origin: {
      image: planned.image.name,
      base: planned.lab?.base ?? null,
      discardWrites: planned.lab?.discardWrites ?? false,
      start: start ? startOf(start) : null,
    },
  });
}

function startOf(start: PlannedStart): Exclude<VmRecord['origin']['start'], undefined> {
  return 'warm' in start ? WAKING : { how: 'booted', ms: null, reason: start.reason };
}

function identityFrom({ vm }: WarmRecord): CopyIdentity {
  const fresh = freshIdentity({ vm, snapshotName: null, hasRam: true }, false);
  return { ...fresh, parts: { ...fresh.parts, sshHostKeys: 'waiting' } };
}

/** The guest agent is part of the image; everything else depends on the engine. */
function featuresOf({ engines }: Pick<Services, 'engines'>, planned: PlannedVm): string[] {
  const { features } = engines.forVm(planned);
  return features.filter((name) => name !== 'guestAgent' || planned.image.features.includes(name));
}

/** A base of a profile has its own kernel, where the image boots without firmware. */
function bootOf(
  { baseImages, images, labs }: Pick<Services, 'images' | 'labs' | 'baseImages'>,
  { image, lab }: PlannedVm,
): VmRecord['placement']['boot'] {
  if (image.name === NO_IMAGE) return null;
  const own = lab && labs.version(lab.base);
  return lab && own && !own.isImage
    ? baseImages.bootOf(lab.base, own.boot?.append ?? null)
    : images.ready(image.name).boot;
}
