// Interprets a capsule's manifest on this host: its VMs in the form of local ones, and whether their memory state fits the engines
// here.
import path from 'node:path';
import {
  type CapsuleManifest,
  type MachineKind,
  type NetKind,
  type Reason,
  quoted,
  reason,
  TtError,
} from '@tt/protocol';
import type { Engine } from '../../engines/interface.ts';
import { newVmRecord, type VmRecord } from '../../state/vm-record.ts';
import type { CopySource } from '../copies/copy-plan.ts';
import type { Services } from '../services.ts';
import { checkDestinations } from '../vms/destinations.ts';

/** What decides whether a VM of a capsule can run here, and how. */
type CapsuleServices = Pick<Services, 'engines' | 'networks' | 'bootFiles' | 'budget'>;

type CapsuleVm = CapsuleManifest['vms'][number];

/** Why its memory cannot be loaded here; null if it can, or if it has none. */
export function ramProblemOf(services: Pick<Services, 'engines'>, manifest: CapsuleManifest): Reason | null {
  const machines = manifest.vms.filter(({ ram }) => ram !== null).map((vm) => machineOf(manifest, vm));
  for (const machine of machines) {
    const problem = machineProblem(services, machine);
    if (problem !== null) return problem;
  }
  return null;
}

function machineProblem(services: Pick<Services, 'engines'>, machine: MachineKind): Reason | null {
  let engine: Engine;
  try {
    engine = services.engines.forCapsule(machine.engine);
  } catch (error) {
    if (error instanceof TtError) return quoted('reported', error.message);
    throw error;
  }
  const here = { engine: engine.name, ...engine.machine };
  const codes = { engine: 'otherEngine', type: 'otherMachineType', cpu: 'otherProcessor' } as const;
  for (const part of ['engine', 'type', 'cpu'] as const) {
    if (machine[part] !== here[part]) {
      return reason(codes[part], { there: machine[part], here: here[part] });
    }
  }
  return null;
}

/** Throws ENGINE_UNKNOWN or ENGINE_MISSING where this host can't run one of its VMs, with memory or without. */
export function mustHaveEngines({ engines }: Pick<Services, 'engines'>, manifest: CapsuleManifest): void {
  for (const vm of manifest.vms) engines.forCapsule(machineOf(manifest, vm).engine);
}

export function machineOf(manifest: CapsuleManifest, vm: CapsuleVm): MachineKind {
  return vm.machine ?? manifest.machine;
}

/** In the form of VMs of this host. Their boot files are stored; after a later failure the caller need not remove them. */
export async function capsuleSources(
  services: CapsuleServices,
  manifest: CapsuleManifest,
  folder: string,
  { withRam, fenced }: { withRam: boolean; fenced: boolean },
  cancelled: AbortSignal,
): Promise<CopySource[]> {
  const { budget, bootFiles } = services;
  const boots = manifest.vms.flatMap(({ boot }) => (boot ? [boot.kernel, boot.initrd] : []));
  const growth = {
    // They are shared by all who bring the same ones.
    owner: null,
    subject: manifest.env.name,
    folders: [bootFiles.directory],
    wantedBytes: manifest.members.reduce(
      (sum, member) => sum + (boots.includes(member.path) ? member.sizeBytes : 0),
      0,
    ),
    signal: cancelled,
  };
  return budget.write(growth, async ({ signal }) => {
    const adopt = (member: string) => bootFiles.adopt(path.join(folder, member), signal);
    const sources: CopySource[] = [];
    // One after the other: a second VM with the same files finds them there.
    for (const vm of manifest.vms) {
      sources.push({ vm: await recordOf(services, manifest, vm, adopt, fenced), hasRam: withRam && vm.ram !== null });
    }
    return sources;
  });
}

async function recordOf(
  services: CapsuleServices,
  manifest: CapsuleManifest,
  vm: CapsuleVm,
  adopt: (member: string) => Promise<string>,
  fenced: boolean,
): Promise<VmRecord> {
  const { env } = manifest;
  const { spec, boot } = vm;
  const engine = services.engines.forCapsule(machineOf(manifest, vm).engine);
  return newVmRecord({
    id: '',
    envName: env.name,
    name: `${env.name}/${vm.name}`,
    hostname: vm.hostname,
    uuid: vm.uuid,
    createdAt: '',
    spec: {
      ...spec,
      blacklist: checkDestinations(spec.blacklist),
      nics: vm.nics.map(({ kind, bandwidthMbps }) => ({
        kind: fenced ? kind : offered(services, kind),
        bandwidthMbps,
      })),
      // Media lie on the host it came from.
      cds: spec.cds.map((cd) => ({ ...cd, medium: null })),
    },
    placement: {
      engine: engine.name,
      features: vm.features.filter((feature) => (engine.features as readonly string[]).includes(feature)),
      nics: vm.nics.map(({ mac, ip }) => ({ mac, ip, tap: null })),
      portMap: [],
      confinement: null,
      boot: boot && { kernel: await adopt(boot.kernel), initrd: await adopt(boot.initrd), append: boot.append },
    },
    // What its guest was given stands in its disk; nobody gives it again.
    guest: { cloudInit: null, identity: null },
    origin: { image: vm.image, base: null, discardWrites: false },
  });
}

/** A host without such a network uses its own kind: the guests get new addresses anyway. Nobody enters the network around it unasked. */
function offered({ networks }: Pick<Services, 'networks'>, kind: NetKind): NetKind {
  try {
    return networks.of(kind).kind;
  } catch (error) {
    if (!(error instanceof TtError)) throw error;
    return networks.defaultKind === 'bridge' ? 'user' : networks.defaultKind;
  }
}
