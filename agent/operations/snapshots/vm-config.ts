// Pure: the spec a machine has after a revert, given its spec at the time of the snapshot.
import { differingPlain, type Disk, type MachineSpec, revertedPlain } from '@tt/protocol';

/**
 * The spec of that time. What a revert does not restore stays, and so does a disk that was added later: it is kept, but
 * detached. The storage knows the sizes of disks after the revert.
 */
export function revertedSpec(now: MachineSpec, then: MachineSpec): MachineSpec {
  const later = now.disks.filter((disk) => !then.disks.some(({ name }) => name === disk.name));
  const sizeNow = (disk: Disk) => now.disks.find(({ name }) => name === disk.name)?.sizeMiB ?? disk.sizeMiB;
  return {
    ...now,
    ...revertedPlain(now, then),
    blacklist: then.blacklist,
    nics: now.nics.map((nic, index) => ({ ...nic, bandwidthMbps: then.nics[index]?.bandwidthMbps ?? null })),
    disks: [
      ...then.disks.map((disk) => ({ ...disk, sizeMiB: sizeNow(disk) })),
      ...later.map((disk) => ({ ...disk, attached: false })),
    ],
    cds: then.cds,
  };
}

/** The RAM of one cannot be loaded into the other: the machine must be restarted. */
export function isOtherMachine(one: MachineSpec, other: MachineSpec): boolean {
  return differingPlain(one, other).length > 0 || one.cds.length !== other.cds.length;
}

/** The machines differ in what can often be changed while they run: attached disks and their limits, media. */
export function hasOtherDrives(one: MachineSpec, other: MachineSpec): boolean {
  return JSON.stringify(drivesOf(one)) !== JSON.stringify(drivesOf(other));
}

function drivesOf({ disks, cds }: MachineSpec): unknown {
  const attached = disks.filter((disk) => disk.attached).toSorted((one, other) => one.name.localeCompare(other.name));
  return [attached.map(({ name, limits }) => [name, limits]), cds];
}

/** The rules, or the limits of NICs on the host, differ. */
export function hasOtherNetwork(one: MachineSpec, other: MachineSpec): { rules: boolean; nets: boolean } {
  return {
    rules: one.blacklist.join() !== other.blacklist.join(),
    nets: one.nics.some(({ bandwidthMbps }, index) => bandwidthMbps !== other.nics[index]?.bandwidthMbps),
  };
}
