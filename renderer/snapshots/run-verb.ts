// Does what a drop (or a menu, or the palette) means: reverts act at once, snapshots ask for their name first.
import type { Stores } from '../state/stores.ts';
import type { Verb } from './drag-grammar.ts';

export function runVerb(stores: Pick<Stores, 'snapshots' | 'view'>, verb: Verb): void {
  switch (verb.do) {
    case 'revertVm':
      void stores.snapshots.revert(verb.snapshot, [verb.vmId]);
      break;
    case 'revertEnv':
      void stores.snapshots.revert(verb.snapshot, null);
      break;
    case 'snapshotVm':
      openSnapshotDialog(stores, verb.envName, verb.vmId);
      break;
    case 'snapshotEnv':
      openSnapshotDialog(stores, verb.envName, null);
      break;
    case 'fork': {
      const { envName, id } = verb.snapshot;
      setTimeout(() => stores.view.open({ kind: 'copyEnv', envName, snapshotId: id }), 0);
      break;
    }
  }
}

/** After the drop has ended: react-aria gives the focus back first, the dialog then takes it. */
function openSnapshotDialog({ view }: Pick<Stores, 'view'>, envName: string, vmId: string | null): void {
  setTimeout(() => view.open({ kind: 'takeSnapshot', envName, vmId }), 0);
}
