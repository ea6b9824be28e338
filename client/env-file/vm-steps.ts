// Pure: what makes one existing VM as a group of the file says. What the group does not name is left as it is.
import {
  disjointDestinations,
  type EnvFileGroup,
  type MachineChange,
  type MachineSpec,
  needsStop,
  type PlainFieldName,
  plainFieldNames,
  plainFields,
  plainOf,
  reason,
  type Vm,
} from '@tt/protocol';
import { diskSteps, mediumSteps } from './drive-steps.ts';
import { isSame, type Planned } from './plan-step.ts';
import { type About, type Make, stepMaker } from './vm-step.ts';

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
