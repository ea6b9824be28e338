// Pure: groups of a request and the existing images -> the list of VMs to create. Nothing is changed before the plan is
// complete.
import {
  CD_NAMES,
  completeSpec,
  newPlainSpec,
  type Image,
  imagesForPrefix,
  type MachineSpec,
  type NetKind,
  nearMatches,
  parseImageName,
  plainOf,
  type TermCode,
  TtError,
  type VmGroup,
} from '@tt/protocol';
import { checkDestinations } from './destinations.ts';
import { type CloudInitRecord, cloudInitRecord } from '../../cloud-init/cloud-init-record.ts';
import type { WantedPort } from '../../firewall/interface.ts';
import type { BaseRef } from '../../state/vm-record.ts';
import type { WarmRecord } from '../../warm/warm-record.ts';
import type { Engines } from '../../engines/engines.ts';
import { plannedDisks } from './drives/vm-disks.ts';

export const DEFAULT_MEMORY_MIB = 128;
/** The image of a VM that was created with an empty disk. */
export const NO_IMAGE = '';
/** What installers of today's systems are content with. */
const EMPTY_MEMORY_MIB = 1024;
const EMPTY_DISK_MIB = 8192;
const SSH: WantedPort = { protocol: 'tcp', guestPort: 22 };

export interface PlannedVm {
  /** `<env>/<os>-<n>` */
  name: string;
  hostname: string;
  image: Image;
  /** Name of the engine it is made with. */
  placement: { engine: string };
  spec: MachineSpec;
  /** In a lab: the source of its disk, and whether its writes are kept. */
  lab?: { base: BaseRef; discardWrites: boolean };
  cloudInit: CloudInitRecord | null;
  /** The warm instant it wakes from, or why it boots; absent until it is chosen. */
  start?: PlannedStart;
}

export type PlannedStart = { warm: WarmRecord } | { reason: TermCode<'bootReason'> };

export interface PlanRequest {
  envName: string;
  groups: readonly VmGroup[];
  images: readonly Image[];
  engines: Pick<Engines, 'forPrefix' | 'fallback'>;
  /** The network of NICs whose request names none. */
  defaultNetKind: NetKind;
  /** Names of VMs the ENV has already. */
  takenNames: ReadonlySet<string>;
}

/** Throws ENGINE_UNKNOWN, ENGINE_MISSING, IMAGE_NOT_FOUND, IMAGE_NOT_READY, MEMORY_TOO_SMALL, DISK_TOO_SMALL or DESTINATION_INVALID. */
export function planVms({ envName, groups, images, engines, defaultNetKind, takenNames }: PlanRequest): PlannedVm[] {
  const numbers = new Map<string, number>();
  const nextName = (os: string): { name: string; number: number } => {
    for (let number = (numbers.get(os) ?? 0) + 1; ; number++) {
      const name = `${envName}/${os}-${number}`;
      if (takenNames.has(name)) continue;
      numbers.set(os, number);
      return { name, number };
    }
  };
  return groups.flatMap((group) => {
    const found =
      group.osPrefix === undefined ? [emptyImage(group)] : imagesFor(group, group.osPrefix, images, engines);
    let named = 0;
    return found.flatMap((image) => {
      const engine = image.engine === '' ? engines.fallback() : engines.forPrefix(image.engine);
      return Array.from({ length: group.copies ?? 1 }, () => {
        const requested = group.cloudInit?.hostname;
        const isOne = (group.copies ?? 1) === 1 && found.length === 1;
        const { os } = image;
        const { name, number } = nextName(os);
        return {
          name,
          hostname:
            requested === undefined ? hostnameFor(os, number) : isOne ? requested : hostnameFor(requested, ++named),
          image,
          placement: { engine: engine.name },
          spec: specFor(group, image, defaultNetKind),
          cloudInit: cloudInitRecord(group.cloudInit, image),
        };
      });
    });
  });
}

/** Replaces the image of a VM whose disk is empty; it has the name and the engine of the medium it is installed from. */
function emptyImage({ medium, engine }: VmGroup): Image {
  const from = medium === undefined ? null : parseImageName(medium);
  return {
    name: NO_IMAGE,
    kind: 'disk',
    engine: engine ?? from?.engine ?? '',
    os: from?.os ?? 'empty',
    variant: '',
    state: 'ready',
    problem: null,
    memo: '',
    sizeBytes: 0,
    features: [],
    defaultLogin: null,
    firmware: 'bios',
    owner: null,
    recipe: null,
    minMemoryMiB: 1,
    minDiskMiB: 1,
    builtFrom: [],
    warm: null,
  };
}

function imagesFor(
  { engine }: VmGroup,
  osPrefix: string,
  images: readonly Image[],
  engines: PlanRequest['engines'],
): Image[] {
  const ofEngine = images.filter((image) => engine === undefined || image.engine === engine);
  const found = imagesForPrefix(ofEngine, osPrefix);
  if (found.length === 0) {
    const named = engine ?? (osPrefix.includes(':') ? osPrefix.slice(0, osPrefix.indexOf(':')) : null);
    // That there is no such engine says more than that it has no such image.
    if (named !== null) engines.forPrefix(named.trim().toLowerCase());
    const suggestions = nearMatches(
      osPrefix,
      ofEngine.map((image) => image.name),
    );
    throw new TtError('IMAGE_NOT_FOUND', {
      wanted: engine === undefined ? osPrefix : `${engine}:${osPrefix}`,
      suggestions,
    });
  }
  for (const { name, state, engine: prefix } of found) {
    engines.forPrefix(prefix);
    if (state !== 'ready') throw new TtError('IMAGE_NOT_READY', { imageName: name, state });
  }
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

function specFor(group: VmGroup, image: Image, defaultNetKind: NetKind): MachineSpec {
  const isEmpty = image.name === NO_IMAGE;
  const leastMiB = isEmpty ? EMPTY_MEMORY_MIB : DEFAULT_MEMORY_MIB;
  const memoryMiB = Math.max(leastMiB, image.minMemoryMiB);
  const plain = { ...newPlainSpec(), memoryMiB, firmware: image.firmware, ...plainOf(group) };
  checkMemory(image, plain.memoryMiB);
  const diskMiB = group.diskMiB ?? (isEmpty ? EMPTY_DISK_MIB : image.minDiskMiB);
  if (diskMiB < image.minDiskMiB) {
    throw new TtError('DISK_TOO_SMALL', { imageName: image.name, minMiB: image.minDiskMiB, wantedMiB: diskMiB });
  }
  return completeSpec({
    ...plain,
    disks: plannedDisks(diskMiB, group.diskLimits, group.disks ?? []),
    cds: CD_NAMES.map((name, index) => ({ name, medium: index === 0 ? (group.medium ?? null) : null })),
    nics: nicsFor(group, defaultNetKind),
    ports: withSsh(group.ports ?? []),
    blacklist: checkDestinations(group.blacklist ?? []),
  });
}

/** Throws MEMORY_TOO_SMALL. */
export function checkMemory(image: Image, memoryMiB: number): void {
  if (memoryMiB >= image.minMemoryMiB) return;
  throw new TtError('MEMORY_TOO_SMALL', { imageName: image.name, minMiB: image.minMemoryMiB, wantedMiB: memoryMiB });
}

/** Always ssh, then the requested ones, each once, in a fixed order. */
export function withSsh(ports: readonly WantedPort[]): WantedPort[] {
  const byKey = new Map([SSH, ...ports].map((wanted) => [`${wanted.protocol}:${wanted.guestPort}`, wanted]));
  return [...byKey.values()].sort((a, b) => a.guestPort - b.guestPort || a.protocol.localeCompare(b.protocol));
}

function nicsFor(group: VmGroup, defaultNetKind: NetKind): MachineSpec['nics'] {
  const requests = group.nics ?? [{}];
  return requests.map(({ kind, bandwidthMbps }) => ({
    kind: kind ?? defaultNetKind,
    bandwidthMbps: bandwidthMbps ?? null,
  }));
}

/** A host name by RFC 1123: letters, digits and `-`, at most 63. */
function hostnameFor(os: string, number: number): string {
  const base = os
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `${base.slice(0, 56) || 'vm'}-${number}`;
}
