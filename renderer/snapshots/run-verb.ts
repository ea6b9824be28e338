// Does what a drop (or a menu, or the palette) means: reverts act at once, snapshots ask for their name first.
import { runIfAllowed } from '../components/action.ts';
import { translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';
import type { Verb } from './drag-grammar.ts';

type VerbStores = Pick<Stores, 'snapshots' | 'operations' | 'toasts' | 'view'>;

/** Says why not, when it can't be done now. */
export function runVerb(stores: VerbStores, verb: Verb): void {
  const envName = 'snapshot' in verb ? verb.snapshot.envName : verb.envName;
  const whyNot = stores.operations.isSaving(envName) ? 'saving' : null;
  const { label, run } = actOf(stores, verb);
  runIfAllowed({ label, whyNot, run }, (text) => stores.toasts.explain(text));
}

function actOf({ snapshots, view }: VerbStores, verb: Verb): { label: string; run: () => void } {
  const take = (vmId: string | null, envName: string) => ({
    label: translate('snapshots.take'),
    run: afterDrop(() => view.open({ kind: 'takeSnapshot', envName, vmId })),
  });
  switch (verb.do) {
    case 'revertVm':
      return {
        label: translate('snapshots.revertNow'),
        run: () => void snapshots.revert(verb.snapshot, [verb.vmId]),
      };
    case 'revertEnv':
      return { label: translate('snapshots.revertNow'), run: () => void snapshots.revert(verb.snapshot, null) };
    case 'snapshotVm':
      return take(verb.vmId, verb.envName);
    case 'snapshotEnv':
      return take(null, verb.envName);
    case 'fork': {
      const { envName, id: snapshotId } = verb.snapshot;
      const run = afterDrop(() => view.open({ kind: 'copyEnv', envName, snapshotId }));
      return { label: translate('copies.forkNow'), run };
    }
  }
}

/** react-aria gives the focus back first, the dialog then takes it. */
function afterDrop(open: () => void): () => void {
  return () => void setTimeout(open, 0);
}
