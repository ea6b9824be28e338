// Pure: what a snapshot writes down of how a VM was made, and what a revert takes from it.
import type { VmConfig } from '@tt/protocol';
import type { VmRecord } from '../state/records.ts';

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
