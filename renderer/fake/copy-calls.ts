// Forks, clones and capsules against the fake world: copies of its records, and a capsule that is its manifest.
import type { CapsuleManifest, Env, EnvDetail, Identity, Vm } from '@tt/protocol';
import { isValidName, TtError } from '@tt/protocol';
import { admit, findEnv, later, newEnv, withState } from './make.ts';
import { operate } from './operate.ts';
import { offerDownload } from './transfer-calls.ts';
import type { FakeWorld } from './world.ts';

interface FakeFork {
  operationId: string;
  newName: string;
  copies?: number;
  fenced?: boolean;
  lifetimeS?: number;
}

export function copyCalls(world: FakeWorld) {
  const detailOf = (name: string): EnvDetail => ({
    env: findEnv(world, name),
    vms: world.vmsOf(name),
    snapshots: [...world.snapshots.values()].filter(({ envName }) => envName === name),
  });
  const namesOf = ({ newName, copies = 1 }: FakeFork) =>
    copies === 1 ? [newName] : Array.from({ length: copies }, (_, index) => `${newName}-${index + 1}`);
  const checkNames = (wish: FakeFork, vms: readonly Vm[]) => {
    for (const name of namesOf(wish)) {
      if (!isValidName(name)) throw new TtError('NAME_INVALID', { name });
      if (world.envs.has(name)) throw new TtError('ENV_NAME_TAKEN', { envName: name });
      admit(world, vms, 1);
    }
  };
  const makeEnvs = (
    wish: FakeFork,
    from: Env,
    vms: readonly Vm[],
    forkedFrom: Env['forkedFrom'],
    snapshotName: string | null,
  ) => ({
    envs: namesOf(wish).map((name) => {
      const startAt = new Date().toISOString();
      const { fenced = false, lifetimeS = world.host.lifetime.defaultS } = wish;
      const env = { name, title: from.title, startAt, endAt: later(startAt, lifetimeS), fenced, forkedFrom };
      world.putEnv(newEnv(world, env), 'env.created');
      for (const vm of vms) copyVm(world, vm, name, vm.name.slice(vm.envName.length + 1), fenced, snapshotName);
      return detailOf(name);
    }),
  });
  return {
    fork: async (wish: FakeFork & { envName: string; name: string }) => {
      const snapshot = [...world.snapshots.values()].find(
        ({ envName, name }) => envName === wish.envName && name === wish.name,
      );
      const vms = world.vmsOf(wish.envName).filter(({ id }) => snapshot?.vms.some(({ vmId }) => vmId === id));
      return operate(world, {
        id: wish.operationId,
        kind: 'snapshot.fork',
        subject: { envName: wish.envName, snapshotName: wish.name },
        steps: ['connectingNetworks', 'copyingVms', 'resumingVms'],
        cancellable: true,
        check: () => {
          if (!snapshot) {
            throw new TtError('SNAPSHOT_NOT_FOUND', { envName: wish.envName, snapshotName: wish.name, near: [] });
          }
          checkNames(wish, vms);
        },
        finish: () => {
          const forkedFrom = { envName: wish.envName, snapshotId: snapshot?.id ?? null, snapshotName: wish.name };
          return makeEnvs(wish, findEnv(world, wish.envName), vms, forkedFrom, wish.name);
        },
      });
    },
    cloneEnv: async (wish: FakeFork & { name: string }) =>
      operate(world, {
        id: wish.operationId,
        kind: 'env.clone',
        subject: { envName: wish.name },
        steps: ['savingVms', 'copyingVms', 'resumingVms'],
        cancellable: true,
        check: () => checkNames(wish, world.vmsOf(findEnv(world, wish.name).name)),
        finish: () => {
          const forkedFrom = { envName: wish.name, snapshotId: null, snapshotName: null };
          return makeEnvs(wish, findEnv(world, wish.name), world.vmsOf(wish.name), forkedFrom, null);
        },
      }),
    cloneVm: async ({ vmId, operationId, copies = 1 }: { vmId: string; operationId: string; copies?: number }) => {
      const vm = world.vms.get(vmId);
      if (!vm) throw new TtError('VM_NOT_FOUND', { vmId });
      return operate(world, {
        id: operationId,
        kind: 'vm.clone',
        subject: { vmId, vmName: vm.name, envName: vm.envName },
        steps: ['savingVms', 'copyingVms', 'resumingVms'],
        cancellable: true,
        check: () =>
          admit(
            world,
            Array.from({ length: copies }, () => vm),
          ),
        finish: () => ({
          vms: Array.from({ length: copies }, () => copyVm(world, vm, vm.envName, nextName(world, vm), false, null)),
        }),
      });
    },
    capsule: capsuleCalls(world, detailOf),
  };
}

function capsuleCalls(world: FakeWorld, detailOf: (name: string) => EnvDetail) {
  const manifestIn = (transferId: string): CapsuleManifest => {
    const entry = world.transfers.get(transferId);
    if (!entry) throw new TtError('TRANSFER_NOT_FOUND', { transferId });
    try {
      return JSON.parse(new TextDecoder().decode(entry.bytes)) as CapsuleManifest;
    } catch {
      throw new TtError('CAPSULE_INVALID', { fileName: entry.transfer.fileName, reason: 'it is no tar file' });
    }
  };
  return {
    export: async (wish: { operationId: string; envName: string; snapshotName?: string }) =>
      operate(world, {
        id: wish.operationId,
        kind: 'capsule.export',
        subject: { envName: wish.envName },
        steps: ['copyingVms', 'packing'],
        cancellable: true,
        check: () => void findEnv(world, wish.envName),
        finish: () => {
          const manifest = manifestOf(world, wish.envName, wish.snapshotName ?? null);
          const bytes = new TextEncoder().encode(JSON.stringify(manifest));
          return { transfer: offerDownload(world, `${wish.envName}.tt-capsule`, bytes), manifest };
        },
      }),
    inspect: async ({ transferId }: { transferId: string }) => ({ manifest: manifestIn(transferId), ramProblem: null }),
    import: async (wish: { operationId: string; transferId: string; name: string; fenced?: boolean }) =>
      operate(world, {
        id: wish.operationId,
        kind: 'capsule.import',
        subject: { envName: wish.name },
        steps: ['unpacking', 'creatingDisks', 'resumingVms'],
        cancellable: true,
        check: () => {
          manifestIn(wish.transferId);
          if (!isValidName(wish.name)) throw new TtError('NAME_INVALID', { name: wish.name });
          if (world.envs.has(wish.name)) throw new TtError('ENV_NAME_TAKEN', { envName: wish.name });
        },
        finish: () => {
          const startAt = new Date().toISOString();
          const { fenced = false, name } = wish;
          world.putEnv(newEnv(world, { name, startAt, endAt: later(startAt, 3600), fenced }), 'env.created');
          world.transfers.delete(wish.transferId);
          return detailOf(name);
        },
      }),
  };
}

function nextName(world: FakeWorld, vm: Vm): string {
  const taken = new Set(world.vmsOf(vm.envName).map(({ name }) => name));
  const base = vm.name.replace(/-\d+$/, '');
  let number = 1;
  while (taken.has(`${base}-${number}`)) number++;
  return `${base}-${number}`.slice(vm.envName.length + 1);
}

function copyVm(
  world: FakeWorld,
  vm: Vm,
  envName: string,
  short: string,
  fenced: boolean,
  snapshotName: string | null,
): Vm {
  const id = world.newId('vm');
  const own = fenced ? 'same' : 'new';
  const identity: Identity = {
    copiedFrom: { vmName: vm.name, snapshotName },
    fenced,
    parts: {
      mac: own,
      address: own,
      uuid: 'afterRestart',
      hostname: own,
      machineId: own,
      random: 'mixed',
      clock: 'new',
      sshHostKeys: 'same',
    },
    restarted: false,
    detail: '',
  };
  const copy = { ...withState(vm, vm.state), id, envName, name: `${envName}/${short}`, identity, viewers: 0 };
  world.putVm(fenced ? { ...copy, portMap: [] } : copy, 'vm.created');
  return copy;
}

function manifestOf(world: FakeWorld, envName: string, snapshotName: string | null): CapsuleManifest {
  const now = new Date().toISOString();
  const env = findEnv(world, envName);
  return {
    format: 'tt-capsule',
    version: 1,
    createdAt: now,
    createdBy: 'TT',
    takenAt: now,
    machine: { engine: 'qemu', type: 'pc-q35-7.2', cpu: 'Nehalem' },
    tag: 'fake',
    env: {
      name: env.name,
      title: env.title,
      notes: env.notes,
      tags: env.tags,
      denyOutgoing: env.denyOutgoing,
      networks: env.networks.map(({ kind, cidr }) => ({ kind, cidr })),
    },
    snapshotName,
    vms: [],
    members: [],
  };
}
