// The grammar of dragging as a pure table: what is held + where it would land -> what it means, or nothing.
// Drag and drop, menus and the command palette all ask here, so they can't disagree.
import type { Env, Snapshot, Vm } from '@tt/protocol';
import { shortVmName } from '../state/vm-name.ts';

export type Held =
  | { kind: 'vm'; vmId: string; vmName: string; envName: string }
  | { kind: 'env'; envName: string; vmCount: number }
  | { kind: 'snapshot'; snapshot: Snapshot }
  /** Of this computer, dragged into the window: what they are is told only when they are dropped. */
  | { kind: 'files' };

export type Target =
  | { kind: 'shelf' }
  | { kind: 'vm'; vmId: string; vmName: string; envName: string }
  | { kind: 'env'; envName: string }
  /** A folder in a guest. */
  | { kind: 'guestFolder'; vmId: string; vmName: string; envName: string; folder: string }
  /** The board between its cards, or the New ENV button. */
  | { kind: 'board' }
  /** All of the window that is nothing of the above: files that are dropped there are for the agent, not for a guest. */
  | { kind: 'page' };

export const PAGE: Target = { kind: 'page' };

export type Verb =
  | { do: 'snapshotVm'; envName: string; vmId: string; vmName: string }
  | { do: 'snapshotEnv'; envName: string; vmCount: number }
  | { do: 'revertVm'; snapshot: Snapshot; vmId: string; vmName: string; only: boolean }
  | { do: 'revertEnv'; snapshot: Snapshot; vmCount: number }
  | { do: 'fork'; snapshot: Snapshot }
  /** `folder`: null asks for it. */
  | { do: 'pushVm'; envName: string; vmId: string; vmName: string; folder: string | null }
  | { do: 'pushEnv'; envName: string }
  | { do: 'importImages' };

export function verbFor(held: Held, target: Target): Verb | null {
  if (held.kind === 'snapshot') return revertFor(held.snapshot, target);
  if (held.kind === 'files') return takeFor(target);
  if (target.kind !== 'shelf') return null;
  if (held.kind === 'vm') {
    return { do: 'snapshotVm', envName: held.envName, vmId: held.vmId, vmName: held.vmName };
  }
  return held.vmCount > 0 ? { do: 'snapshotEnv', envName: held.envName, vmCount: held.vmCount } : null;
}

function takeFor(target: Target): Verb | null {
  switch (target.kind) {
    case 'vm':
    case 'guestFolder': {
      const { envName, vmId, vmName } = target;
      const folder = target.kind === 'guestFolder' ? target.folder : null;
      return vmId === '' ? null : { do: 'pushVm', envName, vmId, vmName, folder };
    }
    case 'env':
      return { do: 'pushEnv', envName: target.envName };
    case 'page':
      return { do: 'importImages' };
    case 'shelf':
    case 'board':
      return null;
  }
}

/** What dropping here would be dropping on: what takes no files is, for files, only a part of the window. */
export function meantBy(held: Held | null, target: Target): Target {
  return held?.kind === 'files' && verbFor(held, target) === null ? PAGE : target;
}

function revertFor(snapshot: Snapshot, target: Target): Verb | null {
  if (target.kind === 'board') return snapshot.vms.some(({ removed }) => !removed) ? { do: 'fork', snapshot } : null;
  if (
    target.kind === 'shelf' ||
    target.kind === 'guestFolder' ||
    target.kind === 'page' ||
    target.envName !== snapshot.envName
  )
    return null;
  const present = snapshot.vms.filter(({ removed }) => !removed);
  if (target.kind === 'env') {
    return snapshot.scope === 'env' && present.length > 0
      ? { do: 'revertEnv', snapshot, vmCount: present.length }
      : null;
  }
  if (!present.some(({ vmId }) => vmId === target.vmId)) return null;
  const only = snapshot.scope === 'env' && present.length > 1;
  return { do: 'revertVm', snapshot, vmId: target.vmId, vmName: target.vmName, only };
}

export function holdVm(vm: Vm): Held & { kind: 'vm' } {
  return { kind: 'vm', vmId: vm.id, vmName: shortVmName(vm.name), envName: vm.envName };
}

export function holdEnv(env: Env): Held & { kind: 'env' } {
  return { kind: 'env', envName: env.name, vmCount: env.vmIds.length };
}
