// Snapshots in the tools of a console, for those who do not drag and for full screen, which has no shelf: take one, or revert this
// machine to one of the newest. A revert acts at once, as a drop on the screen does.
import type { Vm } from '@tt/protocol';
import { Camera, History } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { firstReason } from '../components/action.ts';
import { type MenuEntry, MenuButton } from '../components/Menu.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { vmActions } from '../machines/actions.ts';
import { holdVm, verbFor } from '../snapshots/drag-grammar.ts';
import { runVerb } from '../snapshots/run-verb.ts';
import { verbWords } from '../snapshots/verb-words.ts';
import { useStores } from '../state/stores-context.ts';

/** Older ones are on the shelf. */
const MOST_REVERTS = 8;

export const ConsoleSnapshots = observer(function ConsoleSnapshots({ vm }: { vm: Vm }) {
  const stores = useStores();
  const { snapshots, operations, link, rights } = stores;
  const t = useWords();
  const format = useFormat();
  const { snapshot: take } = vmActions(stores, vm, t);
  const whyNot =
    rights.whyNot('snapshot.revert') ?? firstReason({ saving: operations.isSaving(vm.envName), linkDown: !link.up });
  const target = holdVm(vm);
  const reverts: MenuEntry[] = snapshots
    .ofEnv(vm.envName)
    .toReversed()
    .flatMap((snapshot) => {
      const verb = snapshot.kind === 'safety' ? null : verbFor({ kind: 'snapshot', snapshot }, target);
      if (!verb) return [];
      const label = verbWords(verb, t, format);
      return [{ id: snapshot.id, label, icon: History, whyNot, run: () => runVerb(stores, verb) }];
    })
    .slice(0, MOST_REVERTS);
  return (
    <MenuButton
      label={t('consoles.snapshots')}
      icon={Camera}
      entries={[
        { ...take, label: t('snapshots.verbs.snapshotVm', { vm: target.vmName }) },
        ...(reverts.length > 0 ? [{ id: 'between', separator: true } as const] : []),
        ...reverts,
      ]}
    />
  );
});
