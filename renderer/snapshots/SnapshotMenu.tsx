// The verbs of one snapshot, for those who do not drag.
import type { Snapshot } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { publishActions, snapshotActions } from './actions.ts';

export const SnapshotMenu = observer(function SnapshotMenu({ snapshot }: { snapshot: Snapshot }) {
  const stores = useStores();
  const t = useWords();
  const can = snapshotActions(stores, snapshot, t);
  const undo = snapshot.kind === 'safety' ? [can.undo] : [];
  return (
    <MenuButton
      size="small"
      label={t('snapshots.actionsOf', { snapshot: snapshot.name })}
      entries={toMenu([
        [
          ...undo,
          can.revert,
          can.compare,
          ...publishActions(stores, snapshot, t),
          can.fork,
          can.export,
          can.rename,
          can.edit,
        ],
        [can.delete],
      ])}
    />
  );
});
