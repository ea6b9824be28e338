// One step of a plan that changes one VM.
import type { EnvFileGroup, Reason, Vm } from '@tt/protocol';
import type { Act, Change, Planned } from './plan-step.ts';

export function isUp({ state }: Pick<Vm, 'state'>): boolean {
  return state !== 'stopped' && state !== 'failed';
}

export interface About {
  changes: Change[];
  act: Act;
  mustStop?: boolean;
  losesData?: boolean;
  refused?: Reason;
}
/** A step that changes one VM. */
export type Make = (about: About) => Planned;

export function stepMaker(vm: Vm, group: EnvFileGroup): Make {
  return ({ changes, act, mustStop = false, losesData = false, refused = null }) => ({
    step: {
      kind: 'changeVm',
      envName: vm.envName,
      vmName: vm.name,
      changes,
      stops: mustStop && isUp(vm) ? [vm.name] : [],
      losesData,
      refused,
    },
    act: refused ? { call: 'none' } : act,
    stop: mustStop && isUp(vm) ? [vm.id] : [],
    group,
  });
}
