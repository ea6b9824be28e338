// Asks before a snapshot is deleted: it can't be brought back.
import { observer } from 'mobx-react-lite';
import { AskBeforeDelete } from '../forms/AskBeforeDelete.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const DeleteSnapshotDialog = observer(function DeleteSnapshotDialog({ snapshotId }: { snapshotId: string }) {
  const { snapshots } = useStores();
  const t = useWords();
  const snapshot = snapshots.get(snapshotId);
  if (!snapshot) return null;
  return (
    <AskBeforeDelete
      title={t('snapshots.deleteTitle', { snapshot: snapshot.name })}
      text={t('snapshots.deleteText')}
      run={() => void snapshots.deleteSnapshot(snapshot)}
    />
  );
});
