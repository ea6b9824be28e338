// Calls about snapshots, against the fake world.
import type { Snapshot } from '@tt/protocol';
import { isValidName, TtError } from '@tt/protocol';
import { findEnv, withState } from './make.ts';
import { operate } from './operate.ts';
import type { FakeWorld } from './world.ts';

interface Named {
  operationId: string;
  envName: string;
  name: string;
}

export function snapshotCalls(world: FakeWorld) {
  const ofEnv = (envName: string) => [...world.snapshots.values()].filter((snapshot) => snapshot.envName === envName);
  const find = ({ envName, name }: { envName: string; name: string }): Snapshot => {
    const found = ofEnv(envName).find((snapshot) => snapshot.name === name);
    if (!found) throw new TtError('SNAPSHOT_NOT_FOUND', { envName, snapshotName: name, near: [] });
    return found;
  };
  return {
    list: async ({ envName }: { envName: string }) => ({ snapshots: ofEnv(envName) }),
    create: async (wish: Named & { notes?: string; vmIds?: string[] }) =>
      operate(world, {
        id: wish.operationId,
        kind: 'snapshot.create',
        subject: { envName: wish.envName, snapshotName: wish.name },
        steps: ['pausing machines', 'saving memory', 'letting them run'],
        cancellable: true,
        check: () => {
          findEnv(world, wish.envName);
          if (!isValidName(wish.name)) throw new TtError('NAME_INVALID', { name: wish.name });
          if (ofEnv(wish.envName).some(({ name }) => name === wish.name)) {
            throw new TtError('SNAPSHOT_NAME_TAKEN', { envName: wish.envName, snapshotName: wish.name });
          }
        },
        finish: () => addSnapshot(world, wish),
      }),
    apply: async (wish: Named & { vmIds?: string[]; safety?: boolean }) =>
      operate(world, {
        id: wish.operationId,
        kind: 'snapshot.apply',
        subject: { envName: wish.envName, snapshotName: wish.name },
        steps: wish.safety === false ? ['putting back'] : ['taking a safety snapshot', 'putting back'],
        check: () => void find(wish),
        finish: () => {
          const snapshot = find(wish);
          const vmIds = wish.vmIds ?? snapshot.vms.map(({ vmId }) => vmId);
          const safety = wish.safety === false ? null : addSafety(world, wish.envName, vmIds);
          for (const { vmId, hasRam } of snapshot.vms) {
            const vm = world.vms.get(vmId);
            if (vm && vmIds.includes(vmId)) world.putVm(withState(vm, hasRam ? 'running' : 'stopped'));
          }
          const whole = world.vmsOf(wish.envName).every(({ id }) => vmIds.includes(id));
          standOn(world, wish.envName, whole ? snapshot.id : null);
          world.emit('snapshot.applied', { snapshot, vmIds });
          return { snapshot, safetySnapshotName: safety?.name ?? null };
        },
      }),
    delete: async (wish: Named) =>
      operate(world, {
        id: wish.operationId,
        kind: 'snapshot.delete',
        subject: { envName: wish.envName, snapshotName: wish.name },
        steps: ['deleting'],
        finish: () => {
          const { id, name, envName } = find(wish);
          world.snapshots.delete(id);
          world.emit('snapshot.deleted', { id, name, envName });
          return { name };
        },
      }),
  };
}

function addSafety(world: FakeWorld, envName: string, vmIds: string[]): Snapshot {
  return addSnapshot(world, { envName, name: `safety-${world.newId('s')}`, vmIds }, 'safety');
}

export function addSnapshot(
  world: FakeWorld,
  wish: { envName: string; name: string; notes?: string | undefined; vmIds?: string[] | undefined },
  kind: 'user' | 'safety' = 'user',
  createdAt = new Date().toISOString(),
): Snapshot {
  const vms = world.vmsOf(wish.envName).filter(({ id }) => wish.vmIds?.includes(id) ?? true);
  const snapshot: Snapshot = {
    id: world.newId('snapshot'),
    name: wish.name,
    title: '',
    notes: wish.notes ?? '',
    envName: wish.envName,
    scope: wish.vmIds && kind === 'user' ? 'vm' : 'env',
    kind,
    parentId: world.envs.get(wish.envName)?.standsOn ?? null,
    vms: vms.map((vm) => ({
      vmId: vm.id,
      vmName: vm.name,
      hasRam: vm.state === 'running',
      vmStateBytes: vm.state === 'running' ? 48_000_000 : 0,
      removed: false,
    })),
    createdAt,
    pausedMs: 180 + vms.length * 24,
    skewMs: 3,
    sizeBytes: vms.length * 48_000_000,
  };
  world.snapshots.set(snapshot.id, snapshot);
  world.emit('snapshot.created', snapshot);
  if (snapshot.kind === 'user' && snapshot.scope === 'env') standOn(world, wish.envName, snapshot.id);
  return snapshot;
}

/** From now on all machines of the ENV stand on this snapshot; null = on different ones. */
export function standOn(world: FakeWorld, envName: string, snapshotId: string | null): void {
  const env = world.envs.get(envName);
  if (env && env.standsOn !== snapshotId) world.putEnv({ ...env, standsOn: snapshotId });
}
