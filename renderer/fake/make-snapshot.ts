// Makes the snapshots of the fake world.
import type { Snapshot, SnapshotUsage, Vm, VmConfig } from '@tt/protocol';
import type { FakeWorld } from './world.ts';

export interface FakeWish {
  envName: string;
  name: string;
  title?: string | undefined;
  notes?: string | undefined;
  vmIds?: string[] | undefined;
  lifeTimeS?: number | undefined;
}

export function addSafety(world: FakeWorld, envName: string, vmIds: string[]): Snapshot {
  return addSnapshot(world, { envName, name: `safety-${world.newId('s')}`, vmIds }, 'safety');
}

export function addSnapshot(
  world: FakeWorld,
  wish: FakeWish,
  kind: Snapshot['kind'] = 'user',
  createdAt = new Date().toISOString(),
): Snapshot {
  const vms = world.vmsOf(wish.envName).filter(({ id }) => wish.vmIds?.includes(id) ?? true);
  const snapshot: Snapshot = {
    id: world.newId('snapshot'),
    name: wish.name,
    title: wish.title ?? '',
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
      hasThumbnail: vm.state === 'running',
      config: configOf(vm),
    })),
    createdAt,
    expiresAt: expiryOf(wish.lifeTimeS),
    pausedMs: 180 + vms.length * 24,
    skewMs: 3,
    sizeBytes: vms.length * 48_000_000,
  };
  world.snapshots.set(snapshot.id, snapshot);
  world.emit('snapshot.created', snapshot);
  if (snapshot.kind === 'user' && snapshot.scope === 'env') standOn(world, wish.envName, snapshot.id);
  return snapshot;
}

export function expiryOf(lifeTimeS: number | null | undefined): string | null {
  return lifeTimeS ? new Date(Date.now() + lifeTimeS * 1000).toISOString() : null;
}

function configOf({ image, resources, nics, portMap, blacklist, disks, cds, firmware, bootFrom }: Vm): VmConfig {
  return {
    image,
    resources,
    nics: nics.map(({ kind, bandwidthMbps }) => ({ kind, bandwidthMbps })),
    ports: portMap.map(({ protocol, guestPort }) => ({ protocol, guestPort })),
    blacklist,
    disks,
    cds,
    firmware,
    bootFrom,
  };
}

export function usageOf(world: FakeWorld, { id, name, vms, sizeBytes }: Snapshot): SnapshotUsage {
  const parts = vms.filter(({ removed }) => !removed);
  return {
    id,
    name,
    ramBytes: sizeBytes,
    diskBytes: parts.length * 21_000_000,
    vms: parts.map(({ vmId, vmName, vmStateBytes }) => ({
      vmId,
      vmName,
      ramBytes: vmStateBytes,
      diskBytes: 21_000_000,
      missing: [],
    })),
    children: [...world.snapshots.values()].filter(({ parentId }) => parentId === id).map((child) => child.name),
    forks: [],
  };
}

/** From now on all machines of the ENV stand on this snapshot; null = on different ones. */
export function standOn(world: FakeWorld, envName: string, snapshotId: string | null): void {
  const env = world.envs.get(envName);
  if (env && env.standsOn !== snapshotId) world.putEnv({ ...env, standsOn: snapshotId });
}
