// Adding machines to an ENV and taking some out, against the fake world.
import type { EnvDetail, Kicked, VmGroup } from '@tt/protocol';
import { matchesOsPrefix, TtError } from '@tt/protocol';
import { admit, findEnv, planVms, withState } from './make.ts';
import { operate } from './operate.ts';
import type { FakeWorld } from './world.ts';

interface FakeKick {
  name: string;
  operationId?: string;
  vmIds?: string[];
  osPrefixes?: string[];
  dead?: boolean;
  dryRun?: boolean;
}

export function membersCalls(world: FakeWorld, detail: (name: string) => EnvDetail) {
  const chosen = ({ name, vmIds = [], osPrefixes = [], dead = false }: FakeKick): Kicked[] =>
    world.vmsOf(name).flatMap(({ id, name: vmName, image, state }) => {
      const because = (why: Kicked['why']) => ({ id, name: vmName, why });
      if (vmIds.includes(id)) return because('id');
      if (osPrefixes.some((prefix) => matchesOsPrefix(image, prefix))) return because('osPrefix');
      return dead && state === 'failed' ? because('dead') : [];
    });
  return {
    addVms: async ({ name, operationId: id, groups }: { name: string; operationId: string; groups: VmGroup[] }) => {
      let added: string[] = [];
      return operate(world, {
        id,
        kind: 'env.addVms',
        subject: { envName: name },
        steps: ['cloningDisks', 'startingVms'],
        cancellable: true,
        check: () => {
          const { over, endAt } = findEnv(world, name);
          if (over) throw new TtError('ENV_OVER', { envName: name, endAt });
          const vms = planVms(world, name, groups);
          admit(world, vms);
          added = vms.map((vm) => vm.id);
          for (const vm of vms) world.putVm(vm, 'vm.created');
        },
        finish: () => {
          for (const vmId of added) {
            const vm = world.vms.get(vmId);
            if (vm) world.putVm(withState(vm, 'running'));
          }
          return detail(name);
        },
      }).catch((error: unknown) => {
        for (const vmId of added) world.removeVm(vmId);
        throw error;
      });
    },
    kick: async (wish: FakeKick) => {
      world.checkReachable();
      findEnv(world, wish.name);
      const strange = wish.vmIds?.find((vmId) => world.vms.get(vmId)?.envName !== wish.name);
      if (strange !== undefined) throw new TtError('VM_NOT_FOUND', { vmId: strange });
      if (wish.dryRun) return { kicked: chosen(wish) };
      return operate(world, {
        id: wish.operationId ?? crypto.randomUUID(),
        kind: 'env.kick',
        subject: { envName: wish.name },
        steps: ['deletingVms'],
        finish: () => {
          const kicked = chosen(wish);
          for (const { id } of kicked) world.removeVm(id);
          return { kicked };
        },
      });
    },
  };
}
