// Pure: a create request and the images there are -> the list of VMs to make. Nothing is touched before the plan stands.
import { type Image, matchesOsPrefix, nearMatches, parseImageName, TtError, type VmGroup } from '@tt/protocol';
import type { WantedPort } from '../firewall/interface.ts';

export const DEFAULT_MEMORY_MIB = 128;
const SSH: WantedPort = { protocol: 'tcp', guestPort: 22 };

export interface PlannedVm {
  /** `<env>/<os>-<n>` */
  name: string;
  hostname: string;
  image: Image;
  resources: { cpuCount: number; memoryMiB: number; diskMiB: number };
  ports: WantedPort[];
}

/** Throws IMAGE_NOT_FOUND, IMAGE_NOT_READY, MEMORY_TOO_SMALL or DISK_TOO_SMALL. */
export function planVms(envName: string, groups: readonly VmGroup[], images: readonly Image[]): PlannedVm[] {
  const numbers = new Map<string, number>();
  return groups.flatMap((group) =>
    imagesFor(group.osPrefix, images).flatMap((image) =>
      Array.from({ length: group.copies ?? 1 }, () => {
        const os = parseImageName(image.name)?.os ?? image.name;
        const number = (numbers.get(os) ?? 0) + 1;
        numbers.set(os, number);
        return {
          name: `${envName}/${os}-${number}`,
          hostname: hostnameFor(os, number),
          image,
          resources: resourcesFor(group, image),
          ports: portsFor(group),
        };
      }),
    ),
  );
}

function imagesFor(osPrefix: string, images: readonly Image[]): Image[] {
  const found = images.filter((image) => matchesOsPrefix(image.name, osPrefix));
  if (found.length === 0) {
    const near = nearMatches(
      osPrefix,
      images.map((image) => image.name),
    );
    throw new TtError('IMAGE_NOT_FOUND', { wanted: osPrefix, near });
  }
  for (const { name, state } of found) {
    if (state !== 'ready') throw new TtError('IMAGE_NOT_READY', { imageName: name, state });
  }
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

function resourcesFor(group: VmGroup, image: Image): PlannedVm['resources'] {
  const memoryMiB = group.memoryMiB ?? Math.max(DEFAULT_MEMORY_MIB, image.minMemoryMiB);
  const diskMiB = group.diskMiB ?? image.minDiskMiB;
  if (memoryMiB < image.minMemoryMiB) {
    throw new TtError('MEMORY_TOO_SMALL', { imageName: image.name, minMiB: image.minMemoryMiB, wantedMiB: memoryMiB });
  }
  if (diskMiB < image.minDiskMiB) {
    throw new TtError('DISK_TOO_SMALL', { imageName: image.name, minMiB: image.minDiskMiB, wantedMiB: diskMiB });
  }
  return { cpuCount: group.cpuCount ?? 1, memoryMiB, diskMiB };
}

/** ssh always, then the wanted ones, each once, in a fixed order. */
function portsFor(group: VmGroup): WantedPort[] {
  const byKey = new Map(
    [SSH, ...(group.ports ?? [])].map((wanted) => [`${wanted.protocol}:${wanted.guestPort}`, wanted]),
  );
  return [...byKey.values()].sort((a, b) => a.guestPort - b.guestPort || a.protocol.localeCompare(b.protocol));
}

/** A host name by RFC 1123: letters, digits and `-`, at most 63. */
function hostnameFor(os: string, number: number): string {
  const base = os
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `${base.slice(0, 56) || 'vm'}-${number}`;
}
