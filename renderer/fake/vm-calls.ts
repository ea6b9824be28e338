// Calls about single VMs and their screens, against the fake world.
import type { Vm } from '@tt/protocol';
import { TtError } from '@tt/protocol';
import { changedVm, checkChange, type FakeVmChange } from './change-vm.ts';
import { withState } from './make.ts';
import { operate } from './operate.ts';
import { fakeScreenBase64 } from './screen.ts';
import type { FakeWorld } from './world.ts';

interface Operated {
  vmId: string;
  operationId: string;
}

export function vmCalls(world: FakeWorld) {
  const find = (vmId: string): Vm => {
    const vm = world.vms.get(vmId);
    if (!vm) throw new TtError('VM_NOT_FOUND', { vmId });
    return vm;
  };
  const subjectOf = (vm: Vm) => ({
    vmId: vm.id,
    vmName: vm.name.slice(vm.envName.length + 1),
    envName: vm.envName,
  });
  return {
    show: async ({ vmId }: { vmId: string }) => find(vmId),
    update: async ({ vmId, operationId: id, ...change }: Operated & FakeVmChange) =>
      operate(world, {
        id,
        kind: 'vm.update',
        subject: subjectOf(find(vmId)),
        steps: ['changingVms'],
        check: () => checkChange(find(vmId), change),
        finish: () => {
          world.putVm(changedVm(find(vmId), change));
          return find(vmId);
        },
      }),
    start: async ({ vmId, operationId: id }: Operated) =>
      operate(world, {
        id,
        kind: 'vm.start',
        subject: subjectOf(find(vmId)),
        steps: ['startingVm'],
        check: () => {
          const { name, state } = find(vmId);
          const env = world.envs.get(find(vmId).envName);
          if (env?.over) throw new TtError('ENV_OVER', { envName: env.name, endAt: env.endAt });
          if (state === 'running') throw new TtError('VM_ALREADY_RUNNING', { vmName: name });
        },
        finish: () => {
          world.putVm(withState(find(vmId), 'running'));
          return find(vmId);
        },
      }),
    stop: async ({ vmId, operationId: id }: Operated) =>
      operate(world, {
        id,
        kind: 'vm.stop',
        subject: subjectOf(find(vmId)),
        steps: ['stoppingVm'],
        finish: () => {
          world.putVm(withState(find(vmId), 'stopped'));
          return find(vmId);
        },
      }),
    reset: async ({ vmId }: { vmId: string }) => {
      world.checkReachable();
      const vm = find(vmId);
      if (vm.state !== 'running') throw new TtError('VM_NOT_RUNNING', { vmName: vm.name, state: vm.state });
      return vm;
    },
    delete: async ({ vmId, operationId: id }: Operated) => {
      return operate(world, {
        id,
        kind: 'vm.delete',
        subject: subjectOf(find(vmId)),
        steps: ['deletingVm'],
        finish: () => {
          world.removeVm(vmId);
          return { id: vmId };
        },
      });
    },
    screenshot: async ({ vmId }: { vmId: string }) => {
      world.checkReachable();
      const vm = find(vmId);
      if (vm.state !== 'running') throw new TtError('VM_NOT_RUNNING', { vmName: vm.name, state: vm.state });
      const dataBase64 = fakeScreenBase64(vm);
      return { takenAt: new Date().toISOString(), contentType: 'image/png' as const, dataBase64 };
    },
  };
}
