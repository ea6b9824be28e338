// Does what a drop (or a menu, or the palette) means: snapshots and reverts act at once, files ask for their folder.
import type { DropItem } from 'react-aria-components';
import { type Action, runIfAllowed } from '../components/action.ts';
import { pushAction, type PushStores } from '../guest-files/actions.ts';
import { translate } from '../i18n/index.ts';
import type { DropStores } from '../images/imports/drop-images.ts';
import { dropFiles } from '../images/imports/dropped-files.ts';
import type { CallName } from '../state/rights-store.ts';
import type { Stores } from '../state/stores.ts';
import type { Verb } from './drag-grammar.ts';
import { takeNow } from './take-now.ts';

type VerbStores = PushStores & DropStores & Pick<Stores, 'snapshots' | 'takes' | 'settings' | 'operations'>;

/** Says why not, when it can't be done now. `items`: what was dropped from outside. */
export function runVerb(stores: VerbStores, verb: Verb, items: readonly DropItem[] = []): void {
  if (verb.do === 'importImages') void dropFiles(stores, items, translate);
  else runIfAllowed(actionOf(stores, verb, items), (text) => stores.toasts.explain(text));
}

function actionOf(
  stores: VerbStores,
  verb: Exclude<Verb, { do: 'importImages' }>,
  items: readonly DropItem[],
): Pick<Action, 'label' | 'whyNot' | 'run'> {
  if (verb.do === 'pushVm' || verb.do === 'pushEnv') {
    const { envName } = verb;
    const [vmId, folder] = verb.do === 'pushVm' ? [verb.vmId, verb.folder] : [null, null];
    const push = pushAction(stores, { envName, vmId, folder }, translate, items);
    return { ...push, run: afterDrop(push.run) };
  }
  const envName = 'snapshot' in verb ? verb.snapshot.envName : verb.envName;
  const whyNot = stores.rights.whyNot(calls[verb.do]) ?? (stores.operations.isSaving(envName) ? 'saving' : null);
  return { ...actOf(stores, verb), whyNot };
}

type SnapshotVerb = Exclude<Verb, { do: 'pushVm' | 'pushEnv' | 'importImages' }>;

const calls: Readonly<Record<SnapshotVerb['do'], CallName>> = {
  revertVm: 'snapshot.revert',
  revertEnv: 'snapshot.revert',
  snapshotVm: 'snapshot.create',
  snapshotEnv: 'snapshot.create',
  fork: 'snapshot.fork',
};

function actOf(stores: VerbStores, verb: SnapshotVerb): { label: string; run: () => void } {
  const { snapshots, view } = stores;
  const take = (vmId: string | null, envName: string) => ({
    label: translate('snapshots.take'),
    run: () => takeNow(stores, envName, vmId),
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
