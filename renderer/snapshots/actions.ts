// Everything a person can do to one snapshot, and taking back the last revert.
import type { Operation, Snapshot } from '@tt/protocol';
import { BookUp, Columns2, GitFork, History, PackageOpen, Pencil, TextCursorInput, Trash2, Undo2 } from 'lucide-react';
import { type Action, firstReason } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import { shortVmName } from '../state/vm-name.ts';
import type { CallName } from '../state/rights-store.ts';
import type { Stores } from '../state/stores.ts';

export type SnapshotActionId = 'undo' | 'revert' | 'compare' | 'fork' | 'export' | 'rename' | 'edit' | 'delete';

/** The call that each leads to. */
const calls: Readonly<Record<SnapshotActionId, CallName>> = {
  undo: 'snapshot.revert',
  revert: 'snapshot.revert',
  compare: 'snapshot.compare',
  fork: 'snapshot.fork',
  export: 'capsule.export',
  rename: 'snapshot.update',
  edit: 'snapshot.update',
  delete: 'snapshot.delete',
};

export function snapshotActions(
  { snapshots, operations, view, link, rights, shelf }: Stores,
  snapshot: Pick<Snapshot, 'id' | 'envName' | 'name' | 'vms'>,
  t: Translate,
): Record<SnapshotActionId, Action> {
  const { id: snapshotId, envName, name: snapshotName } = snapshot;
  const linkDown = !link.up;
  const saving = operations.isSaving(envName);
  // All its machines may have been deleted since.
  const withMachines = firstReason({ noMachines: snapshot.vms.every(({ removed }) => removed), saving, linkDown });
  return rights.on(calls, {
    /** For the safety snapshot of a revert. */
    undo: {
      id: 'undo',
      label: t('snapshots.undoRevert'),
      icon: Undo2,
      whyNot: withMachines,
      run: () => void snapshots.undoBy({ envName, name: snapshotName }),
    },
    revert: {
      id: 'revert',
      label: t('snapshots.revert'),
      icon: History,
      whyNot: withMachines,
      run: () => view.open({ kind: 'revert', snapshotId }),
    },
    compare: {
      id: 'compare',
      label: t('snapshots.compare.open'),
      icon: Columns2,
      whyNot: firstReason({ noOther: snapshots.ofEnv(envName).every(({ id }) => id === snapshotId), linkDown }),
      run: () => view.open({ kind: 'compareSnapshots', envName, snapshotId }),
    },
    fork: {
      id: 'fork',
      label: t('copies.fork'),
      icon: GitFork,
      whyNot: withMachines,
      run: () => view.open({ kind: 'copyEnv', envName, snapshotId }),
    },
    export: {
      id: 'export',
      label: t('copies.capsule.export'),
      icon: PackageOpen,
      whyNot: withMachines,
      run: () => view.open({ kind: 'exportCapsule', envName, snapshotName }),
    },
    /** In its place on the shelf. */
    rename: {
      id: 'rename',
      label: t('snapshots.rename'),
      icon: TextCursorInput,
      shortcut: 'F2',
      whyNot: firstReason({ saving, linkDown }),
      // The menu gives the focus back first; the field then takes it.
      run: () =>
        shelf.isOpen
          ? void setTimeout(() => snapshots.rename(snapshotId), 0)
          : view.open({ kind: 'editSnapshot', snapshotId }),
    },
    edit: {
      id: 'edit',
      label: t('snapshots.edit'),
      icon: Pencil,
      whyNot: link.whyNot,
      run: () => view.open({ kind: 'editSnapshot', snapshotId }),
    },
    delete: {
      id: 'delete',
      label: t('snapshots.delete'),
      icon: Trash2,
      shortcut: 'Delete',
      danger: true,
      whyNot: firstReason({ saving, linkDown }),
      run: () => view.open({ kind: 'deleteSnapshot', snapshotId }),
    },
  });
}

/** The same for a snapshot that is being saved: nothing can be done to it yet. */
export function savingActions(stores: Stores, { id, subject }: Operation, t: Translate): Action[] {
  const { envName = '', snapshotName: name = '' } = subject;
  const {
    revert,
    compare,
    fork,
    export: toFile,
    rename,
    edit,
    delete: remove,
  } = snapshotActions(stores, { id, envName, name, vms: [] }, t);
  return [revert, compare, fork, toFile, rename, edit, remove].map((action) => ({ ...action, whyNot: 'beingSaved' }));
}

/** Making an image of each machine that is in a snapshot and still there. */
export function publishActions({ view, operations, link, rights }: Stores, snapshot: Snapshot, t: Translate): Action[] {
  return snapshot.vms
    .filter(({ removed }) => !removed)
    .map(({ vmId, vmName }) => ({
      id: `publish ${vmId}`,
      label: `${t('images.publishOpen')} (${shortVmName(vmName)})`,
      icon: BookUp,
      whyNot:
        rights.whyNot('image.publish') ??
        firstReason({ saving: operations.isSaving(snapshot.envName), linkDown: !link.up }),
      run: () => view.open({ kind: 'publishImage', vmId, snapshotName: snapshot.name }),
    }));
}

/** Takes back what was done last, a revert or a snapshot (Ctrl-Z), also before it is done; null when there is nothing to take back. */
export function undoAction(stores: Stores, t: Translate): Action | null {
  const underWay = undoUnderWayAction(stores, t);
  if (underWay) return underWay;
  const [revert, take] = [undoRevertAction(stores, t), undoTakeAction(stores, t)];
  // They may be of two ENVs; later messages have higher ids.
  const { takes, snapshots } = stores;
  const isTakeLater = (takes.undoable?.toastId ?? 0) > (snapshots.undoable?.toastId ?? 0);
  return isTakeLater ? take : revert;
}

/** What was begun from here and has not answered: later than all that can be undone. */
function undoUnderWayAction({ takes, snapshots, link, rights }: Stores, t: Translate): Action | null {
  const { taking } = takes;
  const { pending } = snapshots;
  const common = { icon: Undo2, shortcut: 'Ctrl-Z', whyNot: link.whyNot };
  if (taking && !taking.isUnwanted) {
    return rights.before('snapshot.delete', {
      id: 'undoTake',
      label: t('snapshots.undoTake', { snapshot: taking.name }),
      ...common,
      run: () => void takes.undoTaking(),
    });
  }
  if (!pending || pending.isUnwanted) return null;
  return rights.before('snapshot.revert', {
    id: 'undo',
    label: t('shell.palette.undo', { snapshot: pending.snapshot.name }),
    ...common,
    run: () => snapshots.undoPending(),
  });
}

function undoTakeAction({ takes, snapshots, operations, link, rights }: Stores, t: Translate): Action | null {
  const { undoable } = takes;
  if (!undoable) return null;
  const { snapshot } = undoable;
  const name = snapshots.get(snapshot.id)?.name ?? snapshot.name;
  return rights.before('snapshot.delete', {
    id: 'undoTake',
    label: t('snapshots.undoTake', { snapshot: name }),
    icon: Undo2,
    shortcut: 'Ctrl-Z',
    whyNot: firstReason({ saving: operations.isSaving(snapshot.envName), linkDown: !link.up }),
    run: () => void takes.undo(snapshot),
  });
}

/** Takes back the last revert; null when there is none to take back. */
export function undoRevertAction({ snapshots, operations, link, rights }: Stores, t: Translate): Action | null {
  const { undoable } = snapshots;
  if (!undoable) return null;
  return rights.before('snapshot.revert', {
    id: 'undo',
    label: t('shell.palette.undo', { snapshot: undoable.snapshotName }),
    icon: Undo2,
    shortcut: 'Ctrl-Z',
    whyNot: firstReason({ saving: operations.isSaving(undoable.envName), linkDown: !link.up }),
    run: () => void snapshots.undoRevert(),
  });
}
