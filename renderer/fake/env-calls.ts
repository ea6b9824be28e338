// Calls about ENVs, against the fake world: made, changed, started, stopped, deleted.
import type { EndPolicy, EnvDetail, SnapshotSchedule, SshKey, VmGroup } from '@tt/protocol';
import { isValidName, TtError } from '@tt/protocol';
import { changedVm, checkChange, type FakeVmChange } from './change-vm.ts';
import { membersCalls } from './members-calls.ts';
import { admit, findEnv, later, newEnv, planVms, withState } from './make.ts';
import { operate } from './operate.ts';
import type { FakeWorld } from './world.ts';

interface FakeCreate {
  operationId: string;
  name: string;
  title?: string;
  notes?: string;
  tags?: string[];
  groups: VmGroup[];
  lifetimeS?: number;
  pastLimit?: boolean;
  endPolicy?: EndPolicy;
  denyOutgoing?: boolean;
  snapshotSchedule?: SnapshotSchedule | null;
}

interface FakeUpdate extends Partial<Omit<FakeCreate, 'name' | 'operationId' | 'groups'>> {
  operationId: string;
  name: string;
  vms?: FakeVmChange;
}

interface Operated {
  name: string;
  operationId: string;
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
    ...membersCalls(world, detail),
    list: async () => ({ envs: [...world.envs.values()] }),
    show: async ({ name }: { name: string }) => detail(name),
    create: async (wish: FakeCreate) => {
      const lifetimeS = wish.lifetimeS ?? world.host.lifetime.defaultS;
      return operate(world, {
        id: wish.operationId,
        kind: 'env.create',
        subject: { envName: wish.name },
        steps: ['cloningDisks', 'connectingNetworks', 'startingVms'],
        cancellable: true,
        check: () => {
          if (!isValidName(wish.name)) throw new TtError('NAME_INVALID', { name: wish.name });
          if (world.envs.has(wish.name)) throw new TtError('ENV_NAME_TAKEN', { envName: wish.name });
          checkLifetime(world, lifetimeS, wish.pastLimit);
          const vms = planVms(world, wish.name, wish.groups);
          admit(world, vms, 1);
          const { groups: _groups, operationId: _id, lifetimeS: _s, pastLimit: _past, ...words } = wish;
          const startAt = new Date().toISOString();
          const env = newEnv(world, { ...words, startAt, endAt: later(startAt, lifetimeS), state: 'creating' });
          world.putEnv(env, 'env.created');
          for (const vm of vms) world.putVm(vm, 'vm.created');
        },
        finish: () => setAll(wish.name, 'running'),
      }).catch((error: unknown) => {
        removeEnv(world, wish.name, error);
        throw error;
      });
    },
    update: async ({ name, operationId: id, lifetimeS, pastLimit, vms: change, ...words }: FakeUpdate) =>
      operate(world, {
        id,
        kind: 'env.update',
        subject: { envName: name },
        steps: change ? ['changingVms'] : [],
        check: () => {
          if (lifetimeS !== undefined) checkLifetime(world, lifetimeS, pastLimit);
          findEnv(world, name);
          if (change) for (const vm of world.vmsOf(name)) checkChange(vm, change);
        },
        finish: () => {
          const env = findEnv(world, name);
          const endAt = lifetimeS === undefined ? env.endAt : later(env.startAt, lifetimeS);
          if (change) for (const vm of world.vmsOf(name)) world.putVm(changedVm(vm, change));
          const schedule = words.snapshotSchedule;
          const nextSnapshotAt =
            schedule === undefined
              ? env.nextSnapshotAt
              : schedule && later(new Date().toISOString(), schedule.everyMinutes * 60);
          const over = env.over && Date.parse(endAt) <= Date.now();
          world.putEnv({ ...findEnv(world, name), ...words, endAt, over, nextSnapshotAt });
          return findEnv(world, name);
        },
      }),
    sshKey: async ({ name }: { name: string }) => sshKeyOf(world, name),
    start: async ({ name, operationId: id }: Operated) =>
      operate(world, {
        id,
        kind: 'env.start',
        subject: { envName: name },
        steps: ['startingVms'],
        check: () => {
          const { over, endAt } = findEnv(world, name);
          if (over) throw new TtError('ENV_OVER', { envName: name, endAt });
        },
        finish: () => setAll(name, 'running'),
      }),
    stop: async ({ name, operationId: id }: Operated) =>
      operate(world, {
        id,
        kind: 'env.stop',
        subject: { envName: name },
        steps: ['stoppingVms'],
        finish: () => setAll(name, 'stopped'),
      }),
    compact: async ({ name, operationId: id }: Operated) =>
      operate(world, {
        id,
        kind: 'env.compact',
        subject: { envName: name },
        steps: ['compactingDisks'],
        cancellable: true,
        finish: () => {
          const vms = world.vmsOf(name).map((vm) => {
            const skipped = vm.state === 'running';
            return { vmId: vm.id, vmName: vm.name, skipped, freedBytes: skipped ? 0 : 96_000_000 };
          });
          return { vms, freedBytes: vms.reduce((sum, { freedBytes }) => sum + freedBytes, 0) };
        },
      }),
    delete: async ({ name, operationId: id }: Operated) =>
      operate(world, {
        id,
        kind: 'env.delete',
        subject: { envName: name },
        steps: ['stoppingVms', 'deletingVms'],
        finish: () => {
          removeEnv(world, name, null);
          return { name };
        },
      }),
  };
}

function sshKeyOf(world: FakeWorld, name: string): SshKey {
  const logins = world.vmsOf(findEnv(world, name).name).flatMap(({ id, name: vmName, setup, portMap: [first] }) => {
    if (!setup || !first) return [];
    return [{ vmId: id, vmName, user: setup.user, host: first.hostAddress, port: first.hostPort }];
  });
  const privateKey = '-----BEGIN OPENSSH PRIVATE KEY-----\nZmFrZQ==\n-----END OPENSSH PRIVATE KEY-----\n';
  return { privateKey, publicKey: `ssh-ed25519 ZmFrZQ== ${name}@tt`, logins };
}

function removeEnv(world: FakeWorld, name: string, because: unknown): void {
  if (because instanceof TtError && because.code === 'ENV_NAME_TAKEN') return;
  for (const vm of world.vmsOf(name)) world.removeVm(vm.id);
  for (const snapshot of [...world.snapshots.values()].filter(({ envName }) => envName === name)) {
    world.snapshots.delete(snapshot.id);
    world.emit('snapshot.deleted', { id: snapshot.id, name: snapshot.name, envName: name });
  }
  if (world.envs.delete(name)) world.emit('env.deleted', { name });
  world.refreshHost();
}

function checkLifetime({ host, me }: FakeWorld, wantedS: number, pastLimit = false): void {
  if (pastLimit && me.role !== 'admin') {
    throw new TtError('NOT_ALLOWED', { user: me.name, what: 'overrideLimit' });
  }
  const { maxS } = host.lifetime;
  if (wantedS > maxS && !pastLimit) throw new TtError('LIFETIME_TOO_LONG', { wantedS, maxS });
}
