// What changing a VM does in the fake world, and what is refused.
import type { Vm } from '@tt/protocol';
import { BOOT_DISK, type TermCode, TtError } from '@tt/protocol';
import { portMap } from './make.ts';

export interface FakeVmChange {
  cpuCount?: number;
  memoryMiB?: number;
  diskMiB?: number;
  ports?: Pick<Vm['portMap'][number], 'protocol' | 'guestPort'>[];
  blacklist?: string[];
  bandwidthMbps?: number | null;
  firmware?: Vm['firmware'];
  bootFrom?: Vm['bootFrom'];
}

export function checkChange({ name, state, resources }: Vm, change: FakeVmChange): void {
  const { cpuCount = resources.cpuCount, memoryMiB = resources.memoryMiB, diskMiB = resources.diskMiB } = change;
  const halted = state === 'stopped' || state === 'failed';
  const refuse = (what: TermCode<'change'>) => {
    throw new TtError('VM_MUST_BE_STOPPED', { vmName: name, change: what });
  };
  if (!halted && cpuCount !== resources.cpuCount) refuse('cpus');
  if (!halted && memoryMiB !== resources.memoryMiB) refuse('memory');
  if (!halted && change.firmware) refuse('firmware');
  if (!halted && change.bootFrom) refuse('bootOrder');
  if (diskMiB < resources.diskMiB) {
    throw new TtError('DISK_CANNOT_SHRINK', { vmName: name, currentMiB: resources.diskMiB, wantedMiB: diskMiB });
  }
}

export function changedVm(vm: Vm, change: FakeVmChange): Vm {
  const { cpuCount, memoryMiB, diskMiB = vm.resources.diskMiB, ports, blacklist, bandwidthMbps } = change;
  return {
    ...vm,
    firmware: change.firmware ?? vm.firmware,
    bootFrom: change.bootFrom ?? vm.bootFrom,
    resources: {
      cpuCount: cpuCount ?? vm.resources.cpuCount,
      memoryMiB: memoryMiB ?? vm.resources.memoryMiB,
      diskMiB,
    },
    disks: vm.disks.map((disk) => (disk.name === BOOT_DISK ? { ...disk, sizeMiB: diskMiB } : disk)),
    portMap: ports ? portMap(vm.portMap, ports, 0) : vm.portMap,
    blacklist: blacklist ?? vm.blacklist,
    nics: bandwidthMbps === undefined ? vm.nics : vm.nics.map((nic) => ({ ...nic, bandwidthMbps })),
  };
}
