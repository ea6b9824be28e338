// Everything a person can do to one ENV, to several of them, and to make one.
import type { Env } from '@tt/protocol';
import {
  AlarmClockPlus,
  Camera,
  Clock,
  CopyPlus,
  FilePlus2,
  KeyRound,
  Layers,
  LayoutGrid,
  ListX,
  NotebookPen,
  PackageOpen,
  Pencil,
  Play,
  Plus,
  Power,
  SlidersHorizontal,
  SquareTerminal,
  Trash2,
} from 'lucide-react';
import { type Action, firstReason, isAllowed } from '../components/action.ts';
import { pushAction } from '../guest-files/actions.ts';
import type { Translate } from '../i18n/index.ts';
import { canStart, canStop } from '../machines/vm-store.ts';
import { takeNow } from '../snapshots/take-now.ts';
import type { CallName } from '../state/rights-store.ts';
import type { Stores } from '../state/stores.ts';

export type EnvActionId =
  | 'snapshot'
  | 'snapshotWith'
  | 'wall'
  | 'run'
  | 'push'
  | 'diskUsage'
  | 'extend'
  | 'lifetime'
  | 'edit'
  | 'clone'
  | 'export'
  | 'saveTemplate'
  | 'add'
  | 'change'
  | 'remove'
  | 'sshKey'
  | 'start'
  | 'stop'
  | 'delete';

/** The call that each leads to. */
const calls: Readonly<Record<EnvActionId, CallName>> = {
  snapshot: 'snapshot.create',
  snapshotWith: 'snapshot.create',
  wall: 'vm.screenshot',
  run: 'run.start',
  push: 'guestFile.put',
  diskUsage: 'snapshot.usage',
  extend: 'env.update',
  lifetime: 'env.update',
  edit: 'env.update',
  clone: 'env.clone',
  export: 'capsule.export',
  saveTemplate: 'template.save',
  add: 'env.addVms',
  change: 'env.update',
  remove: 'env.removeVms',
  sshKey: 'env.sshKey',
  start: 'env.start',
  stop: 'env.stop',
  delete: 'env.delete',
};

type EnvsActionId = 'extend' | 'snapshot' | 'start' | 'stop' | 'delete';

/** More are stopped only after their name was typed: a slip of the finger ends the work of many. */
const MOST_STOPPED_UNASKED = 4;

/** `selectedVmIds`: what to change or remove of its machines; none selected: all, or what the dialog asks for. */
export function envActions(
  stores: Stores,
  env: Env,
  t: Translate,
  selectedVmIds: readonly string[] = [],
): Record<EnvActionId, Action> {
  const { envs, vms, snapshots, operations, runs, view, link, rights } = stores;
  const { name: envName, expired } = env;
  // Not its machines: whoever offers one of these would be drawn anew with each change of any of them.
  const states = vms.statesOfEnv(envName);
  const linkDown = !link.up;
  const noMachines = states.length === 0;
  const unsettled = env.state === 'creating' || env.state === 'deleting';
  const saving = operations.isSaving(envName);
  const online = link.whyNot;
  const withMachines = firstReason({ noMachines, unsettled, saving, linkDown });
  const changeLifetime = () => view.open({ kind: 'lifetime', envName });
  return rights.on(calls, {
    snapshot: {
      id: 'snapshot',
      label: t('envs.snapshot'),
      icon: Camera,
      shortcut: 'S',
      whyNot: withMachines,
      run: () => takeNow(stores, envName, null),
    },
    /** With notes, an expiry, or of one machine. */
    snapshotWith: {
      id: 'snapshotWith',
      label: t('snapshots.takeWith'),
      icon: NotebookPen,
      whyNot: withMachines,
      run: () => view.open({ kind: 'takeSnapshot', envName, vmId: null }),
    },
    wall: {
      id: 'wall',
      label: t('wall.wall'),
      icon: LayoutGrid,
      shortcut: 'W',
      whyNot: firstReason({ noMachines, linkDown }),
      run: () => view.go({ page: 'wall', envName }),
    },
    run: {
      id: 'run',
      label: t('envs.run'),
      icon: SquareTerminal,
      shortcut: 'R',
      whyNot: firstReason({ noMachines, unsettled, linkDown }),
      run: () => {
        runs.wantCommand(true);
        view.goToEnv(envName, 'run');
      },
    },
    push: pushAction(stores, { envName, vmId: null, folder: null }, t),
    diskUsage: {
      id: 'diskUsage',
      label: t('snapshots.usage'),
      icon: Layers,
      whyNot: firstReason({ noSnapshots: snapshots.ofEnv(envName).length === 0, linkDown }),
      run: () => view.open({ kind: 'usage', envName }),
    },
    extend: {
      id: 'extend',
      label: expired ? t('endings.extend') : t('envs.addHour'),
      icon: AlarmClockPlus,
      whyNot: online,
      run: () => void envs.extendEnv(envName, 3600, { label: t('endings.changeLifetime'), run: changeLifetime }),
    },
    lifetime: {
      id: 'lifetime',
      label: t('envs.settingsLifetime'),
      icon: Clock,
      whyNot: online,
      run: changeLifetime,
    },
    edit: {
      id: 'edit',
      label: t('envs.edit'),
      icon: Pencil,
      shortcut: 'E',
      whyNot: online,
      run: () => view.open({ kind: 'editEnv', envName }),
    },
    clone: {
      id: 'clone',
      label: t('copies.clone'),
      icon: CopyPlus,
      whyNot: withMachines,
      run: () => view.open({ kind: 'copyEnv', envName, snapshotId: null }),
    },
    export: {
      id: 'export',
      label: t('copies.capsule.export'),
      icon: PackageOpen,
      whyNot: withMachines,
      run: () => view.open({ kind: 'exportCapsule', envName, snapshotName: null }),
    },
    saveTemplate: {
      id: 'saveTemplate',
      label: t('templates.save'),
      icon: FilePlus2,
      whyNot: firstReason({ noMachines, linkDown }),
      run: () => view.open({ kind: 'saveTemplate', source: { kind: 'env', envName } }),
    },
    add: {
      id: 'add',
      label: t('machines.add'),
      icon: Plus,
      shortcut: 'A',
      whyNot: firstReason({ expired, unsettled, saving, linkDown }),
      run: () => view.open({ kind: 'addMachines', envName, draft: null }),
    },
    change: {
      id: 'change',
      label: t('machines.change'),
      icon: SlidersHorizontal,
      whyNot: withMachines,
      run: () => view.open({ kind: 'changeMachines', envName, vmIds: selectedVmIds.length > 0 ? selectedVmIds : null }),
    },
    remove: {
      id: 'remove',
      label: t('machines.remove'),
      icon: ListX,
      whyNot: withMachines,
      run: () => view.open({ kind: 'removeMachines', envName, vmIds: selectedVmIds }),
    },
    sshKey: {
      id: 'sshKey',
      label: t('cloudInit.key'),
      icon: KeyRound,
      whyNot: online,
      run: () => view.open({ kind: 'sshKey', envName }),
    },
    start: {
      id: 'start',
      label: t('envs.start'),
      icon: Play,
      whyNot: firstReason({ expired, noMachines, unsettled, alreadyRuns: !states.some(canStart), saving, linkDown }),
      run: () => void envs.startEnv(envName),
    },
    stop: {
      id: 'stop',
      label: t('envs.stop'),
      icon: Power,
      whyNot: firstReason({ noMachines, unsettled, notRunning: !states.some(canStop), saving, linkDown }),
      run: () => void envs.stopEnv(envName),
    },
    delete: {
      id: 'delete',
      label: t('envs.delete'),
      icon: Trash2,
      danger: true,
      whyNot: rights.whyNotIn(env, 'env.delete') ?? firstReason({ saving, linkDown }),
      run: () => view.open({ kind: 'deleteEnvs', names: [envName] }),
    },
  });
}

/** What can be done to several ENVs at once: it is done to those that allow it. */
export function envsActions(stores: Stores, envs: readonly Env[], t: Translate): Record<EnvsActionId, Action> | null {
  const each = envs.map((env) => envActions(stores, env, t));
  const [first] = each;
  if (!first) return null;
  const toAll = (id: Exclude<EnvsActionId, 'delete'>): Action => {
    const allowed = each.map((actions) => actions[id]).filter(isAllowed);
    return {
      ...first[id],
      whyNot: allowed.length > 0 ? null : first[id].whyNot,
      run: () => {
        for (const action of allowed) action.run();
      },
    };
  };
  const names = envs.map(({ name }) => name);
  const namesOf = (id: 'snapshot' | 'stop') => names.filter((_, index) => each[index] && isAllowed(each[index][id]));
  const [toSave, toStop] = [namesOf('snapshot'), namesOf('stop')];
  return {
    extend: { ...toAll('extend'), label: t('envs.addHour') },
    // One gets its name afterwards, several get theirs together.
    snapshot:
      toSave.length > 1
        ? { ...toAll('snapshot'), run: () => stores.view.open({ kind: 'snapshotEnvs', names: toSave }) }
        : toAll('snapshot'),
    start: toAll('start'),
    stop:
      toStop.length > MOST_STOPPED_UNASKED
        ? { ...toAll('stop'), run: () => stores.view.open({ kind: 'stopEnvs', names: toStop }) }
        : toAll('stop'),
    delete: {
      ...first.delete,
      // Of all or of none: the dialog names them.
      whyNot: each.map((actions) => actions.delete.whyNot).find((whyNot) => whyNot !== null) ?? null,
      run: () => stores.view.open({ kind: 'deleteEnvs', names }),
    },
  };
}

/** The verb of the board: it belongs to no ENV that is there yet. */
export function newEnvAction({ view, link, rights }: Stores, t: Translate): Action {
  return rights.before('env.create', {
    id: 'newEnv',
    label: t('shell.newEnv'),
    icon: Plus,
    shortcut: 'N',
    whyNot: link.whyNot,
    run: () => view.open({ kind: 'newEnv', draft: null }),
  });
}
