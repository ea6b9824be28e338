// Calls about snapshots, against the fake world.
import type { Snapshot } from '@tt/protocol';
import { isValidName, TtError } from '@tt/protocol';
import { findEnv, withState } from './make.ts';
import { addSafety, addSnapshot, expiryOf, type FakeWish, standOn, usageOf } from './make-snapshot.ts';
import { operate } from './operate.ts';
import { fakeScreenBase64 } from './screen.ts';
import type { FakeWorld } from './world.ts';

interface Named {
  operationId: string;
  envName: string;
  name: string;
}

interface FakeChange {
  newName?: string;
  title?: string;
  notes?: string;
  lifeTimeS?: number | null;
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
    show: async (named: { envName: string; name: string }) => find(named),
    usage: async ({ envName }: { envName: string }) => ({
      vms: world.vmsOf(envName).map(({ id, name }) => ({ vmId: id, vmName: name, usedBytes: 310_000_000 })),
      snapshots: ofEnv(envName).map((snapshot) => usageOf(world, snapshot)),
    }),
    thumbnail: async ({ vmId, ...named }: { envName: string; name: string; vmId: string }) => {
      const { name, createdAt, vms } = find(named);
      const vm = world.vms.get(vmId);
      if (!vm || !vms.some((part) => part.vmId === vmId && part.hasThumbnail)) {
        throw new TtError('THUMBNAIL_NOT_FOUND', { snapshotName: name, vmId });
      }
      return { takenAt: createdAt, contentType: 'image/png' as const, dataBase64: fakeScreenBase64(vm) };
    },
    create: async (wish: Named & FakeWish) =>
      operate(world, {
        id: wish.operationId,
        kind: 'snapshot.create',
        subject: { envName: wish.envName, snapshotName: wish.name },
        steps: ['savingVms', 'savingVms', 'resumingVms'],
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
        steps: wish.safety === false ? ['revertingVms'] : ['savingVms', 'revertingVms'],
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
          const vms = snapshot.vms
            .filter(({ vmId }) => vmIds.includes(vmId))
            .map(({ vmId, vmName, hasRam }) => ({ vmId, vmName, restarted: false, clockSet: hasRam ? true : null }));
          return { snapshot, safetySnapshotName: safety?.name ?? null, vms };
        },
      }),
    update: async (wish: Named & FakeChange) =>
      operate(world, {
        id: wish.operationId,
        kind: 'snapshot.update',
        subject: { envName: wish.envName, snapshotName: wish.name },
        steps: [],
        check: () => {
          const { id } = find(wish);
          const newName = wish.newName ?? wish.name;
          if (!isValidName(newName)) throw new TtError('NAME_INVALID', { name: newName });
          if (ofEnv(wish.envName).some((other) => other.name === newName && other.id !== id)) {
            throw new TtError('SNAPSHOT_NAME_TAKEN', { envName: wish.envName, snapshotName: newName });
          }
        },
        finish: () => {
          const old = find(wish);
          const { newName = old.name, title = old.title, notes = old.notes, lifeTimeS } = wish;
          const expiresAt = lifeTimeS === undefined ? old.expiresAt : expiryOf(lifeTimeS);
          return world.putSnapshot({ ...old, name: newName, title, notes, expiresAt });
        },
      }),
    delete: async (wish: Named) =>
      operate(world, {
        id: wish.operationId,
        kind: 'snapshot.delete',
        subject: { envName: wish.envName, snapshotName: wish.name },
        steps: ['deletingVm'],
        finish: () => {
          const { id, name, envName } = find(wish);
          world.snapshots.delete(id);
          world.emit('snapshot.deleted', { id, name, envName });
          return { name };
        },
      }),
  };
}
