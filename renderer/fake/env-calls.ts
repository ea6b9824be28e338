// Calls about ENVs and their VMs, against the fake world.
import type { Env, EnvDetail, Vm, VmGroup } from '@tt/protocol';
import { isValidName, LIFETIME_DEFAULT_S, LIFETIME_MAX_S, matchesOsPrefix, TtError } from '@tt/protocol';
import { operate } from './operate.ts';
import type { FakeWorld } from './world.ts';

export interface FakeCreate {
  operationId: string;
  name: string;
  title?: string | undefined;
  notes?: string | undefined;
  groups: VmGroup[];
  lifetimeS?: number | undefined;
}

export function envCalls(world: FakeWorld) {
  const detail = (name: string): EnvDetail => ({
    env: findEnv(world, name),
    vms: world.vmsOf(name),
    snapshots: [...world.snapshots.values()].filter(({ envName }) => envName === name),
  });
  const setAll = (name: string, state: 'running' | 'stopped') => {
    for (const vm of world.vmsOf(name)) world.putVm(withState(vm, state));
    return detail(name);
  };
  return {
    list: async () => ({ envs: [...world.envs.values()] }),
    show: async ({ name }: { name: string }) => detail(name),
    create: async (wish: FakeCreate) => {
      const lifetimeS = wish.lifetimeS ?? LIFETIME_DEFAULT_S;
      return operate(world, {
        id: wish.operationId,
        kind: 'env.create',
        subject: { envName: wish.name },
        steps: ['cloning disks', 'connecting the network', 'starting machines'],
        cancellable: true,
        check: () => {
          if (!isValidName(wish.name)) throw new TtError('NAME_INVALID', { name: wish.name });
          if (world.envs.has(wish.name)) throw new TtError('ENV_NAME_TAKEN', { envName: wish.name });
          checkLifetime(lifetimeS);
          checkMemory(world, planVms(world, wish));
          announce(world, wish, lifetimeS);
        },
        finish: () => setAll(wish.name, 'running'),
      }).catch((error: unknown) => {
        removeEnv(world, wish.name, error);
        throw error;
      });
    },
    update: async ({ name, ...change }: { name: string; lifetimeS?: number; title?: string; notes?: string }) => {
      world.checkReachable();
      const env = findEnv(world, name);
      const { lifetimeS, ...rest } = change;
      if (lifetimeS !== undefined) checkLifetime(lifetimeS);
      const endAt = lifetimeS === undefined ? env.endAt : later(env.startAt, lifetimeS);
      world.putEnv({ ...env, ...rest, endAt });
      return findEnv(world, name);
    },
    start: async ({ name, operationId: id }: { name: string; operationId: string }) =>
      operate(world, {
        id,
        kind: 'env.start',
        subject: { envName: name },
        steps: ['starting machines'],
        finish: () => setAll(name, 'running'),
      }),
    stop: async ({ name, operationId: id }: { name: string; operationId: string }) =>
      operate(world, {
        id,
        kind: 'env.stop',
        subject: { envName: name },
        steps: ['stopping machines'],
        finish: () => setAll(name, 'stopped'),
      }),
    delete: async ({ name, operationId: id }: { name: string; operationId: string }) =>
      operate(world, {
        id,
        kind: 'env.delete',
        subject: { envName: name },
        steps: ['stopping machines', 'deleting disks'],
        finish: () => {
          removeEnv(world, name, null);
          return { name };
        },
      }),
  };
}

export function findEnv(world: FakeWorld, name: string): Env {
  const env = world.envs.get(name);
  if (!env) throw new TtError('ENV_NOT_FOUND', { envName: name, near: [] });
  return env;
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

function planVms(world: FakeWorld, wish: FakeCreate): Vm[] {
  const counts = new Map<string, number>();
  return wish.groups.flatMap((group) => {
    const images = [...world.images.values()].filter(({ name }) => matchesOsPrefix(name, group.osPrefix));
    if (images.length === 0) throw new TtError('IMAGE_NOT_FOUND', { wanted: group.osPrefix, near: [] });
    return images.flatMap((image) =>
      Array.from({ length: group.copies ?? 1 }, (): Vm => {
        const number = (counts.get(image.os) ?? 0) + 1;
        counts.set(image.os, number);
        return newVm(world, wish.name, `${image.os}-${number}`, image.name, group);
      }),
    );
  });
}

export function newVm(world: FakeWorld, envName: string, short: string, image: string, group: Partial<VmGroup>): Vm {
  const id = world.newId('vm');
  const hostPort = 40_000 + Number(id.slice(3)) * 2;
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
      diskMiB: group.diskMiB ?? world.images.get(image)?.minDiskMiB ?? 1024,
    },
    acceleration: 'tcg',
    netKind: 'user',
    mac: `52:54:00:12:34:${Number(id.slice(3)).toString(16).padStart(2, '0')}`,
    ip: null,
    portMap: [
      { protocol: 'tcp', guestPort: 22, hostPort, hostAddress: '127.0.0.1' },
      ...(group.ports ?? []).map(({ guestPort, protocol }, index) => ({
        protocol,
        guestPort,
        hostPort: hostPort + index + 1,
        hostAddress: '127.0.0.1',
      })),
    ],
    viewers: 0,
    createdAt: new Date().toISOString(),
    runningSince: null,
  };
}

function announce(world: FakeWorld, wish: FakeCreate, lifetimeS: number): void {
  const startAt = new Date().toISOString();
  const env: Env = {
    name: wish.name,
    title: wish.title ?? '',
    owner: 'you',
    notes: wish.notes ?? '',
    tags: [],
    state: 'creating',
    startAt,
    endAt: later(startAt, lifetimeS),
    denyOutgoing: false,
    vmIds: [],
  };
  world.putEnv(env, 'env.created');
  for (const vm of planVms(world, wish)) world.putVm(vm, 'vm.created');
}

function removeEnv(world: FakeWorld, name: string, because: unknown): void {
  if (because instanceof TtError && because.code === 'ENV_NAME_TAKEN') return;
  for (const vm of world.vmsOf(name)) {
    world.vms.delete(vm.id);
    world.emit('vm.deleted', { id: vm.id, envName: name });
  }
  for (const snapshot of [...world.snapshots.values()].filter(({ envName }) => envName === name)) {
    world.snapshots.delete(snapshot.id);
    world.emit('snapshot.deleted', { id: snapshot.id, name: snapshot.name, envName: name });
  }
  if (world.envs.delete(name)) world.emit('env.deleted', { name });
  world.refreshHost();
}

function checkLifetime(wantedS: number): void {
  if (wantedS > LIFETIME_MAX_S) throw new TtError('LIFETIME_TOO_LONG', { wantedS, maxS: LIFETIME_MAX_S });
}

function checkMemory(world: FakeWorld, vms: readonly Vm[]): void {
  const wantedMiB = vms.reduce((sum, { resources }) => sum + resources.memoryMiB, 0);
  const { totalMiB, usedMiB } = world.host.memory;
  if (usedMiB + wantedMiB > totalMiB) throw new TtError('MEMORY_EXHAUSTED', { totalMiB, usedMiB, wantedMiB });
}

function later(startAt: string, seconds: number): string {
  return new Date(Date.parse(startAt) + seconds * 1000).toISOString();
}
