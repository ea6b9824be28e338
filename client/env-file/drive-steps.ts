// Pure: what makes the disks and the first CD drive of an existing VM as a group of the file says.
import {
  BOOT_DISK,
  bootDiskMiB,
  type Disk,
  type DriveLimits,
  type EnvFileGroup,
  type MachineChange,
  reason,
  type Vm,
} from '@tt/protocol';
import { type Act, isSame, type Planned } from './plan-step.ts';
import type { Make } from './vm-step.ts';

export function diskSteps(vm: Vm, group: EnvFileGroup, make: Make): Planned[] {
  const { disks } = vm.spec;
  const boot = disks.find(({ name }) => name === BOOT_DISK);
  const more = moreDisks(vm);
  const steps: Planned[] = [];
  if (group.diskMiB !== undefined) {
    const change: MachineChange = { diskMiB: group.diskMiB };
    const act: Act = { call: 'updateVm', vmId: vm.id, change };
    steps.push(...sizeSteps('diskMiB', bootDiskMiB(vm.spec), group.diskMiB, act, make));
  }
  if (group.diskLimits && boot) steps.push(...limitSteps('diskLimits', vm, boot, group.diskLimits, make));
  if (!group.disks) return steps;
  // Without hot-plugging, a disk comes and goes while the VM is stopped.
  const mustStop = !vm.features.includes('hotplug');
  for (const [index, { sizeMiB, limits }] of group.disks.entries()) {
    const field = `disks[${index}]`;
    const disk = more[index];
    if (!disk) {
      const act: Act = { call: 'addDisk', vmId: vm.id, sizeMiB, limits: limits ?? null };
      steps.push(make({ changes: [{ field, from: null, to: { sizeMiB, ...(limits && { limits }) } }], act, mustStop }));
      continue;
    }
    const act: Act = { call: 'growDisk', vmId: vm.id, name: disk.name, sizeMiB };
    steps.push(...sizeSteps(`${field}.sizeMiB`, disk.sizeMiB, sizeMiB, act, make));
    if (limits) steps.push(...limitSteps(`${field}.limits`, vm, disk, limits, make));
  }
  for (const [index, { name, sizeMiB, attached: isAttached }] of [...more.entries()]
    .slice(group.disks.length)
    .toReversed()) {
    const changes = [{ field: `disks[${index}]`, from: { name, sizeMiB }, to: null }];
    const act: Act = { call: 'removeDisk', vmId: vm.id, name, isAttached };
    steps.push(make({ changes, act, losesData: true, mustStop: mustStop && isAttached }));
  }
  return steps;
}

/** Besides the boot disk, in the order of a file. */
export function moreDisks({ spec }: Pick<Vm, 'spec'>): Disk[] {
  const numberOf = ({ name }: Disk) => Number(name.replace(/^disk/, ''));
  return spec.disks.filter(({ name }) => name !== BOOT_DISK).toSorted((a, b) => numberOf(a) - numberOf(b));
}

function sizeSteps(field: string, from: number, to: number, act: Act, make: Make): Planned[] {
  if (from === to) return [];
  const changes = [{ field, from, to }];
  return [to < from ? make({ changes, act, refused: reason('planDiskShrinks') }) : make({ changes, act })];
}

const NO_LIMITS: DriveLimits = { bytesPerSecond: null, operationsPerSecond: null };

function limitSteps(
  field: string,
  { id }: Vm,
  { name, limits: now }: Disk,
  limits: DriveLimits,
  make: Make,
): Planned[] {
  if (isSame(now ?? NO_LIMITS, limits)) return [];
  const act: Act = { call: 'limitDisk', vmId: id, name, limits };
  return [make({ changes: [{ field, from: now, to: limits }], act })];
}

export function mediumSteps(vm: Vm, { medium }: EnvFileGroup, make: Make): Planned[] {
  const now = firstMedium(vm);
  if (medium === undefined || medium === now) return [];
  const mustStop = !vm.features.includes('cd');
  const act: Act = { call: 'changeMedium', vmId: vm.id, medium };
  return [make({ changes: [{ field: 'medium', from: now, to: medium }], act, mustStop })];
}

/** What is in the first CD drive. */
export function firstMedium({ spec }: Pick<Vm, 'spec'>): string | null {
  return spec.cds[0]?.medium ?? null;
}
