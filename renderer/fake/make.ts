// Makes the records of the fake world: ENVs, VMs with ports and cards, plans of groups; and the rules that refuse a plan.
import type { Env, Host, Vm, VmGroup } from '@tt/protocol';
import { BOOT_DISK, CD_NAMES, NO_PROVISIONING, imagesForPrefix, TtError } from '@tt/protocol';
import type { FakeWorld } from './world.ts';

export function findEnv(world: FakeWorld, name: string): Env {
  const env = world.envs.get(name);
  if (!env) throw new TtError('ENV_NOT_FOUND', { envName: name, near: [] });
  return env;
}

export function newEnv(world: FakeWorld, env: Pick<Env, 'name' | 'startAt' | 'endAt'> & Partial<Env>): Env {
  const kind = defaultKind(world.host);
  return {
    title: '',
    owner: world.me.name,
    notes: '',
    tags: [],
    state: 'empty',
    endPolicy: 'delete',
    over: false,
    networks: [{ kind, cidr: kind === 'user' ? null : '10.210.3.0/24', vni: null }],
    standsOn: null,
    denyOutgoing: false,
    fenced: false,
    forkedFrom: null,
    snapshotSchedule: null,
    nextSnapshotAt: null,
    lab: null,
    vmIds: [],
    ...env,
  };
}

export function withState(vm: Vm, state: Vm['state']): Vm {
  return {
    ...vm,
    state,
    failure: null,
    runningSince: state === 'running' ? new Date().toISOString() : null,
    viewers: state === 'running' ? vm.viewers : 0,
  };
}

/** The VMs that groups select, numbered after those that are there. */
export function planVms(world: FakeWorld, envName: string, groups: readonly VmGroup[]): Vm[] {
  const taken = new Set(world.vmsOf(envName).map(({ name }) => name));
  const freeName = (os: string) => {
    let number = 1;
    while (taken.has(`${envName}/${os}-${number}`)) number++;
    taken.add(`${envName}/${os}-${number}`);
    return `${os}-${number}`;
  };
  return groups.flatMap((group) => {
    if (group.osPrefix === undefined) return [newVm(world, envName, freeName('empty'), '', group)];
    const images = imagesForPrefix([...world.images.values()], group.osPrefix);
    if (images.length === 0) throw new TtError('IMAGE_NOT_FOUND', { wanted: group.osPrefix, near: [] });
    return images.flatMap(({ os, name }) =>
      Array.from({ length: group.copies ?? 1 }, () => newVm(world, envName, freeName(os), name, group)),
    );
  });
}

export function newVm(world: FakeWorld, envName: string, short: string, image: string, group: Partial<VmGroup>): Vm {
  const id = world.newId('vm');
  const number = Number(id.slice(3));
  const nics = (group.nics ?? [{}]).map(({ kind = defaultKind(world.host), bandwidthMbps = null }, index) => ({
    kind,
    mac: `52:54:00:12:${(52 + index).toString(16)}:${number.toString(16).padStart(2, '0')}`,
    ip: kind === 'user' ? null : `10.210.${3 + index}.${number + 1}`,
    bandwidthMbps,
  }));
  const [first] = nics;
  const diskMiB = group.diskMiB ?? world.images.get(image)?.minDiskMiB ?? 1024;
  return {
    id,
    name: `${envName}/${short}`,
    envName,
    hostId: world.host.id,
    engine: 'qemu',
    image,
    features: ['vnc', 'serial', 'liveSnapshot'],
    state: 'creating',
    failure: null,
    resources: {
      cpuCount: group.cpuCount ?? 1,
      memoryMiB: group.memoryMiB ?? 128,
      diskMiB,
    },
    disks: [
      { name: BOOT_DISK, sizeMiB: diskMiB, attached: true, limits: group.diskLimits ?? null },
      ...(group.disks ?? []).map(({ sizeMiB, limits }, index) => ({
        name: `disk${index + 1}`,
        sizeMiB,
        attached: true,
        limits: limits ?? null,
      })),
    ],
    cds: CD_NAMES.map((name, index) => ({ name, medium: index === 0 ? (group.medium ?? null) : null })),
    firmware: group.firmware ?? world.images.get(image)?.firmware ?? 'bios',
    bootFrom: group.bootFrom ?? 'disk',
    acceleration: 'tcg',
    netKind: first?.kind ?? 'user',
    mac: first?.mac ?? '',
    ip: first?.ip ?? null,
    nics,
    blacklist: group.blacklist ?? [],
    portMap: portMap([], group.ports ?? [], 40_000 + number * 10),
    setup: group.setup
      ? {
          user: group.setup.user ?? 'root',
          hasPassword: group.setup.password !== undefined,
          commands: group.setup.commands ?? [],
          filePaths: (group.setup.files ?? []).map(({ path }) => path),
        }
      : null,
    provisioning: group.setup ? { ...NO_PROVISIONING, state: 'waiting' } : NO_PROVISIONING,
    identity: null,
    viewers: 0,
    discardWrites: false,
    base: null,
    createdAt: new Date().toISOString(),
    runningSince: null,
  };
}

/** The wanted ports and ssh; those that stay keep their host port. */
export function portMap(
  now: Vm['portMap'],
  wanted: readonly Pick<Vm['portMap'][number], 'protocol' | 'guestPort'>[],
  firstFree: number,
): Vm['portMap'] {
  const all = [{ protocol: 'tcp' as const, guestPort: 22 }, ...wanted.filter(({ guestPort }) => guestPort !== 22)];
  let next = Math.max(firstFree, ...now.map(({ hostPort }) => hostPort + 1));
  return all.map(({ protocol, guestPort }) => {
    const kept = now.find((mapping) => mapping.protocol === protocol && mapping.guestPort === guestPort);
    return kept ?? { protocol, guestPort, hostPort: next++, hostAddress: '127.0.0.2' };
  });
}

/** Refuses what the host or the user's quota does not have. */
export function admit(world: FakeWorld, vms: readonly Vm[], newEnvs = 0): void {
  const sum = (each: (vm: Vm) => number) => vms.reduce((total, vm) => total + each(vm), 0);
  const wantedCpus = sum(({ resources }) => resources.cpuCount);
  const wantedMiB = sum(({ resources }) => resources.memoryMiB);
  const { cpu, memory } = world.host;
  if (cpu.used + wantedCpus > cpu.limit) {
    throw new TtError('CPU_EXHAUSTED', { total: cpu.limit, used: cpu.used, wanted: wantedCpus });
  }
  const { totalMiB, usedMiB } = memory;
  if (usedMiB + wantedMiB > totalMiB) throw new TtError('MEMORY_EXHAUSTED', { totalMiB, usedMiB, wantedMiB });
  const used = usedBy(world);
  const wanted = {
    envs: newEnvs,
    vms: vms.length,
    cpuCount: wantedCpus,
    memoryMiB: wantedMiB,
    diskMiB: sum(({ disks }) => disks.reduce((total, { sizeMiB }) => total + sizeMiB, 0)),
  };
  for (const resource of ['envs', 'vms', 'cpuCount', 'memoryMiB', 'diskMiB'] as const) {
    const total = world.me.quota[resource];
    if (total === null || used[resource] + wanted[resource] <= total) continue;
    const data = { user: world.me.name, resource, total, used: used[resource], wanted: wanted[resource] };
    throw new TtError('QUOTA_EXCEEDED', data);
  }
}

/** What the user has: processors and memory of what runs, disks of all. */
export function usedBy(world: FakeWorld) {
  const envs = [...world.envs.values()].filter(({ owner }) => owner === world.me.name);
  const vms = envs.flatMap(({ name }) => world.vmsOf(name));
  const sum = (each: (vm: Vm) => number) => vms.reduce((total, vm) => total + each(vm), 0);
  const ifRunning = (vm: Vm, amount: number) => (vm.state === 'running' ? amount : 0);
  return {
    envs: envs.length,
    vms: vms.length,
    cpuCount: sum((vm) => ifRunning(vm, vm.resources.cpuCount)),
    memoryMiB: sum((vm) => ifRunning(vm, vm.resources.memoryMiB)),
    diskMiB: sum(({ disks }) => disks.reduce((total, { sizeMiB }) => total + sizeMiB, 0)),
  };
}

export function later(startAt: string, seconds: number): string {
  return new Date(Date.parse(startAt) + seconds * 1000).toISOString();
}

function defaultKind({ networks }: Host) {
  return networks.find(({ problem }) => problem === null)?.kind ?? 'user';
}
