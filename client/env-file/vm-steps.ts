// Pure: what makes one existing VM as a group of the file says. What the group does not name is left as it is.
import {
  BOOT_DISK,
  bootDiskMiB,
  type Disk,
  disjointDestinations,
  type DriveLimits,
  type EnvFileGroup,
  type MachineChange,
  type MachineSpec,
  needsStop,
  plainFieldNames,
  plainFields,
  plainOf,
  type PlainFieldName,
  type Reason,
  reason,
  type Vm,
} from '@tt/protocol';
import { type Act, type Change, isSame, type Planned } from './plan-step.ts';

/** In the order in which they are carried out: what loses data last. */
export function vmSteps(vm: Vm, group: EnvFileGroup): Planned[] {
  const make = stepMaker(vm, group);
  return [
    ...plainSteps(vm, group, make),
    ...listSteps(vm, group, make),
    ...nicSteps(vm, group, make),
    ...setupSteps(vm, group, make),
    ...diskSteps(vm, group, make),
    ...mediumSteps(vm, group, make),
  ].sort((a, b) => Number(a.step.losesData) - Number(b.step.losesData));
}

export function isUp({ state }: Pick<Vm, 'state'>): boolean {
  return state !== 'stopped' && state !== 'failed';
}

interface About {
  changes: Change[];
  act: Act;
  mustStop?: boolean;
  losesData?: boolean;
  refused?: Reason;
}
type Make = (about: About) => Planned;

function stepMaker(vm: Vm, group: EnvFileGroup): Make {
  return ({ changes, act, mustStop = false, losesData = false, refused = null }) => ({
    step: {
      kind: 'changeVm',
      envName: vm.envName,
      vmName: vm.name,
      changes,
      stops: mustStop && isUp(vm) ? [vm.name] : [],
      losesData,
      refused,
    },
    act: refused ? { call: 'none' } : act,
    stop: mustStop && isUp(vm) ? [vm.id] : [],
    group,
  });
}

/** Those that can change at any time are changed first, so that they are whatever becomes of the others. */
function plainSteps(vm: Vm, group: EnvFileGroup, make: Make): Planned[] {
  const stopped = needsStop(vm.spec, group);
  const differing = plainFieldNames.filter((name) => group[name] !== undefined && group[name] !== vm.spec[name]);
  const live = differing.filter((name) => plainFields[name].change === 'live');
  const others = differing.filter((name) => !stopped.includes(name) && !live.includes(name));
  return [
    ...plainStep(live, vm, group, make, {}),
    ...plainStep(stopped, vm, group, make, { mustStop: true }),
    ...plainStep(others, vm, group, make, { refused: reason('planFixed') }),
  ];
}

function plainStep(
  names: readonly PlainFieldName[],
  vm: Vm,
  group: EnvFileGroup,
  make: Make,
  about: Partial<About>,
): Planned[] {
  if (names.length === 0) return [];
  const changes = names.map((field) => ({ field, from: vm.spec[field], to: group[field] ?? null }));
  const wanted = plainOf(group);
  const change = Object.fromEntries(names.map((name) => [name, wanted[name]])) as MachineChange;
  return [make({ changes, act: { call: 'updateVm', vmId: vm.id, change }, ...about })];
}

/** Ports and blocked destinations. */
function listSteps(vm: Vm, { ports, blacklist }: EnvFileGroup, make: Make): Planned[] {
  const { spec } = vm;
  const steps: Planned[] = [];
  const update = (field: string, from: unknown, to: unknown, change: MachineChange) =>
    steps.push(make({ changes: [{ field, from, to }], act: { call: 'updateVm', vmId: vm.id, change } }));
  if (ports && !isSame(portTexts(ports), portTexts(spec.ports))) {
    update('ports', portTexts(spec.ports), portTexts(ports), { ports });
  }
  if (blacklist) {
    const wanted = disjointDestinations(blacklist);
    if (!isSame(wanted, spec.blacklist)) update('blacklist', spec.blacklist, wanted, { blacklist: wanted });
  }
  return steps;
}

/** `53/udp`, in one order and without ssh, which every VM has. */
export function portTexts(ports: MachineSpec['ports']): string[] {
  const others = ports.filter(({ protocol, guestPort }) => protocol !== 'tcp' || guestPort !== 22);
  const sorted = others.toSorted((a, b) => a.guestPort - b.guestPort || a.protocol.localeCompare(b.protocol));
  return [...new Set(sorted.map(({ protocol, guestPort }) => `${guestPort}/${protocol}`))];
}

function nicSteps(vm: Vm, { nics }: EnvFileGroup, make: Make): Planned[] {
  if (!nics) return [];
  const now = vm.nics.map(({ kind, bandwidthMbps }) => ({ kind, bandwidthMbps }));
  const wanted = nics.map((nic, index) => ({
    kind: nic.kind ?? now[index]?.kind,
    bandwidthMbps: nic.bandwidthMbps === undefined ? (now[index]?.bandwidthMbps ?? null) : nic.bandwidthMbps,
  }));
  if (isSame(now, wanted)) return [];
  const changes = [{ field: 'nics', from: now, to: wanted }];
  const kinds = (some: readonly { kind?: string | undefined }[]) => some.map(({ kind }) => kind);
  if (!isSame(kinds(now), kinds(wanted))) {
    return [make({ changes, act: { call: 'none' }, refused: reason('planNicsFixed') })];
  }
  const limits = new Set(wanted.map(({ bandwidthMbps }) => bandwidthMbps));
  const [bandwidthMbps = null] = limits;
  if (limits.size > 1) return [make({ changes, act: { call: 'none' }, refused: reason('planOneBandwidth') })];
  return [make({ changes, act: { call: 'updateVm', vmId: vm.id, change: { bandwidthMbps } } })];
}

/** As far as the server tells: passwords, keys and contents of files it does not. */
function setupSteps({ cloudInit: now }: Vm, { cloudInit }: EnvFileGroup, make: Make): Planned[] {
  if (!cloudInit) return [];
  const wanted = {
    ...(cloudInit.user !== undefined && { user: cloudInit.user }),
    ...(cloudInit.commands && { commands: cloudInit.commands }),
    ...(cloudInit.files && { filePaths: cloudInit.files.map(({ path }) => path) }),
  };
  const isTold = (field: keyof typeof wanted) => now === null || now[field] !== undefined;
  const fields = (Object.keys(wanted) as (keyof typeof wanted)[]).filter(isTold);
  const differing = fields.filter((field) => !isSame(now?.[field] ?? null, wanted[field]));
  if (now !== null && differing.length === 0) return [];
  const changes =
    now === null
      ? [{ field: 'cloudInit', from: null, to: Object.keys(cloudInit) }]
      : differing.map((field) => ({
          field: `cloudInit.${field}`,
          from: now[field] ?? null,
          to: wanted[field] ?? null,
        }));
  return [make({ changes, act: { call: 'none' }, refused: reason('planSetupFixed') })];
}

function diskSteps(vm: Vm, group: EnvFileGroup, make: Make): Planned[] {
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
    .reverse()) {
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

function mediumSteps(vm: Vm, { medium }: EnvFileGroup, make: Make): Planned[] {
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
