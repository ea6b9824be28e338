// Calls about disks and CD drives, against the fake world.
import {
  BOOT_DISK,
  CD_NAMES,
  type CdName,
  type Disk,
  DISKS_MAX,
  type DriveLimits,
  type OperationKind,
  type Vm,
} from '@tt/protocol';
import { TtError } from '@tt/protocol';
import { operate } from './operate.ts';
import type { FakeWorld } from './world.ts';

interface Target {
  vmId: string;
  operationId: string;
}
type DiskTarget = Target & { name: string };
type CdTarget = Target & { name: CdName };

export function driveCalls(world: FakeWorld) {
  const change = ({ vmId, operationId: id }: Target, kind: OperationKind, make: (vm: Vm) => Partial<Vm>) => {
    const vm = world.vms.get(vmId);
    if (!vm) throw new TtError('VM_NOT_FOUND', { vmId });
    const subject = { vmId, vmName: vm.name.slice(vm.envName.length + 1), envName: vm.envName };
    const finish = () => {
      const changed = { ...vm, ...make(world.vms.get(vmId) ?? vm) };
      world.putVm(changed);
      return changed;
    };
    return operate(world, { id, kind, subject, steps: ['changingVms'], finish });
  };
  return {
    disk: {
      add: async (input: Target & { sizeMiB: number; name?: string; limits?: DriveLimits }) =>
        change(input, 'disk.add', (vm) => ({ disks: [...vm.disks, newDisk(vm, input)] })),
      attach: async (input: DiskTarget) =>
        change(input, 'disk.attach', (vm) => ({ disks: withDisk(vm, input.name, { attached: true }) })),
      detach: async (input: DiskTarget) =>
        change(input, 'disk.detach', (vm) => {
          mustNotBoot(vm, input.name);
          return { disks: withDisk(vm, input.name, { attached: false }) };
        }),
      remove: async (input: DiskTarget) =>
        change(input, 'disk.remove', (vm) => {
          mustNotBoot(vm, input.name);
          const data = { vmName: vm.name, diskName: input.name };
          if (find(vm, input.name).attached) throw new TtError('DISK_ATTACHED', data);
          return { disks: vm.disks.filter(({ name }) => name !== input.name) };
        }),
      grow: async (input: DiskTarget & { sizeMiB: number }) =>
        change(input, 'disk.grow', (vm) => grown(vm, input.name, input.sizeMiB)),
      limit: async (input: DiskTarget & { limits: DriveLimits | null }) =>
        change(input, 'disk.limit', (vm) => ({ disks: withDisk(vm, input.name, { limits: input.limits }) })),
    },
    cd: {
      insert: async (input: CdTarget & { medium: string }) =>
        change(input, 'cd.insert', (vm) => {
          const image = world.images.get(input.medium);
          if (!image) throw new TtError('IMAGE_NOT_FOUND', { wanted: input.medium, near: [] });
          if (image.kind !== 'iso') {
            throw new TtError('IMAGE_WRONG_KIND', { imageName: image.name, kind: image.kind, wanted: 'iso' });
          }
          return { cds: withCd(vm, input.name, input.medium) };
        }),
      eject: async (input: CdTarget) => change(input, 'cd.eject', (vm) => ({ cds: withCd(vm, input.name, null) })),
    },
  };
}

function newDisk(
  vm: Vm,
  { name: wanted, sizeMiB, limits }: { name?: string; sizeMiB: number; limits?: DriveLimits | undefined },
): Disk {
  const names = Array.from({ length: DISKS_MAX }, (_, index) => `disk${index}`);
  const name = wanted ?? names.find((free) => vm.disks.every((disk) => disk.name !== free));
  if (name === undefined) throw new TtError('DISK_COUNT_LIMIT', { vmName: vm.name, max: DISKS_MAX });
  return { name, sizeMiB, attached: true, limits: limits ?? null };
}

function find(vm: Vm, name: string): Disk {
  const disk = vm.disks.find((candidate) => candidate.name === name);
  const disks = vm.disks.map((other) => other.name);
  if (!disk) throw new TtError('DISK_NOT_FOUND', { vmName: vm.name, diskName: name, disks });
  return disk;
}

function mustNotBoot(vm: Vm, diskName: string): void {
  if (diskName === BOOT_DISK) throw new TtError('DISK_IS_BOOT', { vmName: vm.name, diskName });
}

function withDisk(vm: Vm, name: string, change: Partial<Disk>): Disk[] {
  find(vm, name);
  return vm.disks.map((disk) => (disk.name === name ? { ...disk, ...change } : disk));
}

function withCd(vm: Vm, name: CdName, medium: string | null): Vm['cds'] {
  return CD_NAMES.map((drive) => {
    const now = vm.cds.find((cd) => cd.name === drive)?.medium ?? null;
    return { name: drive, medium: drive === name ? medium : now };
  });
}

function grown(vm: Vm, name: string, sizeMiB: number): Partial<Vm> {
  const { sizeMiB: currentMiB } = find(vm, name);
  if (sizeMiB < currentMiB) {
    throw new TtError('DISK_CANNOT_SHRINK', { vmName: vm.name, currentMiB, wantedMiB: sizeMiB });
  }
  const disks = withDisk(vm, name, { sizeMiB });
  return name === BOOT_DISK ? { disks, resources: { ...vm.resources, diskMiB: sizeMiB } } : { disks };
}
