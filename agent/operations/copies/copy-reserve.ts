// Records copies of VMs with everything that is unique to them (ids, UUIDs, names, addresses, ports, users), before anything is
// created. Runs inside `services.allocation`.

import { randomUUID } from 'node:crypto';
import type { UndoStack } from '../../host/undo-stack.ts';
import type { EnvNetwork, Nic } from '../../network/interface.ts';
import type { EnvRecord } from '../../state/records.ts';
import { type HostKeysRecord, type VmRecord, newVmRecord, nicsOf } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';
import { type Place, type Placed, choosePlaces, networksFor, writeDown } from '../vms/allocate.ts';
import { recordedHostKeys } from '../vms/host-keys.ts';
import { freshIdentity } from './copy-identity.ts';
import { type CopySource, copyHostname } from './copy-plan.ts';

/** One VM to be made, from which. */
export interface Copy {
  vmId: string;
  source: CopySource;
}

export interface CopyRequest {
  /** Not written yet, or the ENV the copies go into. */
  env: EnvRecord;
  sources: readonly CopySource[];
  /** Names of the copies, in the order of the sources. */
  names: readonly string[];
  /** Networks and NICs that the copies keep (fenced); null: they get new ones. */
  networks: readonly EnvNetwork[] | null;
  snapshotName: string | null;
}

/** Rejects with ENGINE_UNKNOWN, ENGINE_MISSING, NETWORK_UNAVAILABLE, ADDRESSES_EXHAUSTED or PORTS_EXHAUSTED; then nothing is written. */
export async function reserveCopies(services: Services, request: CopyRequest, undo: UndoStack): Promise<Copy[]> {
  const { env, sources, names } = request;
  const placed = sources.map(({ vm }, index): Placed => {
    return { name: names[index] ?? vm.name, placement: vm.placement, spec: vm.spec };
  });
  const fence = request.networks && fenceOf(services, env, request.networks, sources);
  const networks = fence?.networks ?? (await networksFor(services, env, placed, undefined));
  const places = await choosePlaces(services, env, networks, placed, fence?.nics);
  const hostKeys = await Promise.all(sources.map((source) => hostKeysOfCopy(services, source)));
  const vms = sources.map((source, index) => {
    const copy = copyOf(services, request, source, index, places[index] as Place);
    return { ...copy, guest: { ...copy.guest, hostKeys: hostKeys[index] as HostKeysRecord } };
  });
  writeDown(services, { ...env, networks }, vms, undo);
  return vms.map((vm, index) => ({ vmId: vm.id, source: sources[index] as CopySource }));
}

/** Networks with the addresses of the originals, and twins of their NICs. */
function fenceOf(
  services: Pick<Services, 'inventory' | 'networks'>,
  env: EnvRecord,
  originals: readonly EnvNetwork[],
  sources: readonly CopySource[],
): { networks: EnvNetwork[]; nics: Nic[] } {
  const taken = services.inventory.envs().flatMap((other) => other.networks);
  const networks: EnvNetwork[] = [];
  for (const original of originals) {
    networks.push(services.networks.of(original.kind).planFence(original, env.name, [...taken, ...networks]));
  }
  const nics = services.inventory.vms().flatMap((vm) => nicsOf(vm));
  const macs = new Set(nics.map(({ mac }) => mac));
  const twins = sources.flatMap(({ vm }) =>
    nicsOf(vm).map((nic) => {
      const twin = services.networks.of(nic.kind).planTwin(nic, { nics, macs });
      nics.push(twin);
      return twin;
    }),
  );
  return { networks, nics: twins };
}

/** Started from its disk it gets a key of its own with its setup; woken, it has those of the original until it is given new ones. */
async function hostKeysOfCopy(
  services: Pick<Services, 'hostKeys'>,
  { vm, hasRam }: CopySource,
): Promise<HostKeysRecord> {
  const known = hasRam ? await recordedHostKeys(services, vm) : [];
  return { isGiven: vm.guest.cloudInit !== null, known };
}

function copyOf(
  services: Pick<Services, 'now'>,
  request: CopyRequest,
  source: CopySource,
  index: number,
  place: Place,
): VmRecord {
  const { env } = request;
  const { vm } = source;
  const name = request.names[index] ?? vm.name;
  const fenced = env.fenced === true;
  return newVmRecord({
    id: randomUUID(),
    envName: env.name,
    name,
    hostname: fenced ? vm.hostname : copyHostname(name),
    uuid: fenced ? vm.uuid : (env.sharedUuid ?? randomUUID()),
    createdAt: services.now().toISOString(),
    spec: vm.spec,
    placement: { ...vm.placement, ...place },
    // It is asked anew: started from its disk, it sets itself up again.
    guest: {
      cloudInit: vm.guest.cloudInit,
      identity: freshIdentity({ ...source, snapshotName: request.snapshotName }, fenced),
    },
    origin: { ...vm.origin, discardWrites: false, start: null },
  });
}
