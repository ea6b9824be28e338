// Pure: what a snapshot writes down of how a VM was made, and what a revert makes of it.
import type { Disk, VmConfig } from '@tt/protocol';
import type { VmRecord } from '../../state/records.ts';

export function configOf(vm: VmRecord): VmConfig {
  return {
    image: vm.image,
    resources: vm.resources,
    nics: vm.nics.map(({ kind, bandwidthMbps }) => ({ kind, bandwidthMbps })),
    ports: vm.portMap.map(({ protocol, guestPort }) => ({ protocol, guestPort })),
    blacklist: vm.blacklist,
    disks: vm.disks,
    cds: vm.cds,
    firmware: vm.firmware,
    bootFrom: vm.bootFrom,
  };
}

/**
 * The VM as it was made then. Ports and addresses stay as they are, and so does a disk that came later: it is kept, but the
 * VM does not see it. Sizes of disks are the storage's to tell, once they are put back.
 */
export function withConfig(vm: VmRecord, config: VmConfig): VmRecord {
  const { cpuCount, memoryMiB } = config.resources;
  const later = vm.disks.filter((disk) => !config.disks.some(({ name }) => name === disk.name));
  const sizeNow = (disk: Disk) => vm.disks.find(({ name }) => name === disk.name)?.sizeMiB ?? disk.sizeMiB;
  return {
    ...vm,
    resources: { cpuCount, memoryMiB, diskMiB: vm.resources.diskMiB },
    blacklist: config.blacklist,
    nics: vm.nics.map((nic, index) => ({ ...nic, bandwidthMbps: config.nics[index]?.bandwidthMbps ?? null })),
    disks: [
      ...config.disks.map((disk) => ({ ...disk, sizeMiB: sizeNow(disk) })),
      ...later.map((disk) => ({ ...disk, attached: false })),
    ],
    cds: config.cds,
    firmware: config.firmware,
    bootFrom: config.bootFrom,
  };
}

/** RAM of the one does not go into the other: the machine has to be started anew. */
export function isOtherSize({ resources: one }: VmRecord, { resources: other }: VmRecord): boolean {
  return one.cpuCount !== other.cpuCount || one.memoryMiB !== other.memoryMiB;
}

/** The machines differ in what can often be changed while they run: attached disks and their limits, media, boot order. */
export function hasOtherDrives(one: VmRecord, other: VmRecord): boolean {
  return JSON.stringify(drivesOf(one)) !== JSON.stringify(drivesOf(other));
}

function drivesOf({ disks, cds, firmware, bootFrom }: VmRecord): unknown {
  const attached = disks.filter((disk) => disk.attached).toSorted((one, other) => one.name.localeCompare(other.name));
  return [attached.map(({ name, limits }) => [name, limits]), cds, firmware, bootFrom];
}

/** The rules and the cards on the host differ. */
export function isWiredOtherwise(one: VmRecord, other: VmRecord): { rules: boolean; nets: boolean } {
  return {
    rules: one.blacklist.join() !== other.blacklist.join(),
    nets: one.nics.some(({ bandwidthMbps }, index) => bandwidthMbps !== other.nics[index]?.bandwidthMbps),
  };
}
