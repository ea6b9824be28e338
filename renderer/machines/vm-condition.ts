// What a machine is doing, in one mark and one word: what is being done to it before its state, and how far its guest has come
// instead of a "running" that only says that it has power.
import type { Operation, Vm } from '@tt/protocol';
import { type Mark, vmMarks } from '../components/marks.ts';
import type { Translate, Word } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';

export interface VmCondition {
  mark: Mark;
  /** With a small letter, for after a name: `booting`. */
  word: string;
}

/** Operations on one machine that say more than its state. Being stopped is a fact of the machine: many are stopped together. */
const doings: Partial<Record<Operation['kind'], Word>> = {
  'vm.start': 'machines.doing.starting',
  'vm.pause': 'machines.doing.pausing',
  'vm.resume': 'machines.doing.resuming',
  'vm.reset': 'machines.doing.resetting',
};

/** Its state; while it is being stopped, that: it runs for a while still, and nobody should begin something in it. */
export function vmStateWord(vm: Pick<Vm, 'state' | 'stopping'>, t: Translate): string {
  return vm.stopping ? t('machines.doing.stopping') : t(`common.states.${vm.state}`);
}

interface ConditionStores {
  operations: Pick<Stores['operations'], 'shownFor'>;
  snapshots: Pick<Stores['snapshots'], 'reverting'>;
}

export function vmCondition({ operations, snapshots }: ConditionStores, vm: Vm, t: Translate): VmCondition {
  if (vm.stopping) return { mark: 'working', word: vmStateWord(vm, t) };
  if (snapshots.reverting.has(vm.id)) return { mark: 'working', word: t('machines.doing.reverting') };
  const doing = operations.shownFor({ vmId: vm.id }).flatMap(({ kind }) => doings[kind] ?? [])[0];
  if (doing) return { mark: 'working', word: t(doing) };
  if (vm.state !== 'running' || !vm.readiness) {
    return { mark: vmMarks[vm.state], word: vmStateWord(vm, t) };
  }
  const { stage } = vm.readiness;
  if (hasPanicked(vm)) return { mark: 'failed', word: t('machines.panicked') };
  return { mark: stage === 'booting' ? 'partial' : 'running', word: t(`machines.stages.${stage}`) };
}

/** It runs, and answers nobody any more. */
export function hasPanicked({ state, readiness }: Pick<Vm, 'state' | 'readiness'>): boolean {
  return state === 'running' && readiness?.panickedAt !== undefined;
}
