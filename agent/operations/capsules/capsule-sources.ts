// What a capsule's manifest means on this host: VMs as if they were here, whether their memory fits the engines here, and whether
// its images need nothing but themselves.
import path from 'node:path';
import { type CapsuleManifest, type MachineKind, type NetKind, NO_PROVISIONING, TtError } from '@tt/protocol';
import { CapsuleError } from '../../capsules/manifest-check.ts';
import { EngineError } from '../../engines/errors.ts';
import type { Engine } from '../../engines/interface.ts';
import type { VmRecord } from '../../state/records.ts';
import { StorageError } from '../../storage/errors.ts';
import type { CopySource } from '../copies/copy-plan.ts';
import { checkDestinations } from '../vms/destinations.ts';
import type { Services } from '../services.ts';

const MIB = 1024 * 1024;

type CapsuleVm = CapsuleManifest['vms'][number];

/** Why its memory can't be loaded here; null when it can, or when it has none. */
export function ramProblemOf(services: Services, manifest: CapsuleManifest): string | null {
  const machines = manifest.vms.filter(({ ram }) => ram !== null).map((vm) => machineOf(manifest, vm));
  for (const machine of machines) {
    const problem = machineProblem(services, machine);
    if (problem !== null) return problem;
  }
  return null;
}

function machineProblem(services: Services, machine: MachineKind): string | null {
  let engine: Engine;
  try {
    engine = services.engines.forCapsule(machine.engine);
  } catch (error) {
    if (error instanceof TtError) return error.message;
    throw error;
  }
  const here = { engine: engine.name, ...engine.machine };
  const names = { engine: 'engine', type: 'machine type', cpu: 'processor' } as const;
  for (const part of ['engine', 'type', 'cpu'] as const) {
    if (machine[part] !== here[part]) {
      return `it was made with ${names[part]} ${machine[part]}, here it is ${here[part]}`;
    }
  }
  return null;
}

/** Throws ENGINE_UNKNOWN or ENGINE_MISSING where this host can't run one of its VMs, with memory or without. */
export function mustHaveEngines({ engines }: Services, manifest: CapsuleManifest): void {
  for (const vm of manifest.vms) engines.forCapsule(machineOf(manifest, vm).engine);
}

function machineOf(manifest: CapsuleManifest, vm: CapsuleVm): MachineKind {
  return vm.machine ?? manifest.machine;
}

/** Throws CapsuleError for files that are not what the manifest says, or that name other files of this host. */
export async function checkCapsule(
  services: Services,
  folder: string,
  manifest: CapsuleManifest,
  withRam: boolean,
): Promise<void> {
  for (const vm of manifest.vms) {
    const { config, disks, ram } = vm;
    for (const disk of disks) await checkDisk(services, path.join(folder, disk.file), disk);
    // What can't be put in force must not be found out when everything else stands.
    checkRules(config.blacklist);
    if (ram === null || !withRam) continue;
    try {
      await services.engines.forCapsule(machineOf(manifest, vm).engine).checkRamFile(path.join(folder, ram));
    } catch (error) {
      if (error instanceof EngineError) throw new CapsuleError(error.message);
      throw error;
    }
  }
}

/** A disk is admitted by the size its manifest gives; what is in the file must not be more than that. */
async function checkDisk(
  { images }: Services,
  path: string,
  { file, sizeMiB }: { file: string; sizeMiB: number },
): Promise<void> {
  const { missing, needsOthers, virtualBytes } = await images.tool.lookAtDisk(path).catch((error: unknown) => {
    if (error instanceof StorageError) throw new CapsuleError(`${file} is no disk: ${error.message}`);
    throw error;
  });
  const isLarger =
    virtualBytes > sizeMiB * MIB ? `its disk is larger than the ${sizeMiB} MiB it is said to have` : null;
  const wrong = missing ?? needsOthers ?? isLarger;
  if (wrong !== null) throw new CapsuleError(`${file}: ${wrong}`);
}

function checkRules(blacklist: readonly string[]): void {
  try {
    checkDestinations(blacklist);
  } catch (error) {
    if (error instanceof TtError && error.code === 'DESTINATION_INVALID') throw new CapsuleError(error.message);
    throw error;
  }
}

/** As if they were VMs of this host. Their boot files are taken over; whoever fails afterwards need not give them back. */
export async function capsuleSources(
  services: Services,
  manifest: CapsuleManifest,
  folder: string,
  { withRam, fenced }: { withRam: boolean; fenced: boolean },
): Promise<CopySource[]> {
  return Promise.all(
    manifest.vms.map(async (vm) => ({
      vm: await recordOf(services, manifest, vm, folder, fenced),
      ports: vm.config.ports,
      hasRam: withRam && vm.ram !== null,
    })),
  );
}

async function recordOf(
  services: Services,
  manifest: CapsuleManifest,
  vm: CapsuleVm,
  folder: string,
  fenced: boolean,
): Promise<VmRecord> {
  const { bootFiles } = services;
  const { env } = manifest;
  const { config, boot } = vm;
  const engine = services.engines.forCapsule(machineOf(manifest, vm).engine);
  const adopt = (member: string) => bootFiles.adopt(path.join(folder, member));
  return {
    id: '',
    envName: env.name,
    name: `${env.name}/${vm.name}`,
    hostname: vm.hostname,
    uuid: vm.uuid,
    nics: vm.nics.map((nic) => ({ ...nic, kind: fenced ? nic.kind : offered(services, nic.kind), tap: null })),
    blacklist: checkDestinations(config.blacklist),
    confinement: null,
    image: config.image,
    engine: engine.name,
    features: vm.features.filter((feature) => (engine.features as readonly string[]).includes(feature)),
    resources: config.resources,
    disks: config.disks,
    // Media lie on the host it came from.
    cds: config.cds.map((cd) => ({ ...cd, medium: null })),
    firmware: config.firmware,
    bootFrom: config.bootFrom,
    unsettledDrives: false,
    boot: boot && { kernel: await adopt(boot.kernel), initrd: await adopt(boot.initrd), append: boot.append },
    portMap: [],
    // What its guest was given stands in its disk; nobody gives it again.
    setup: null,
    provisioning: NO_PROVISIONING,
    base: null,
    discardWrites: false,
    isDirty: false,
    state: 'creating',
    stopping: false,
    failure: null,
    process: null,
    acceleration: null,
    createdAt: '',
    runningSince: null,
  };
}

/** A host without such a network gives its own: the guests get new addresses anyway. */
function offered({ networks }: Services, kind: NetKind): NetKind {
  try {
    return networks.of(kind).kind;
  } catch (error) {
    if (!(error instanceof TtError)) throw error;
    return networks.defaultKind;
  }
}
