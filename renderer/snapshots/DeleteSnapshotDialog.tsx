// Asks before a snapshot is deleted: it can't be brought back.
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const DeleteSnapshotDialog = observer(function DeleteSnapshotDialog({ snapshotId }: { snapshotId: string }) {
  const { snapshots, view, link } = useStores();
  const t = useWords();
  const snapshot = snapshots.get(snapshotId);
  if (!snapshot) return null;
  const remove = () => {
    view.close();
    void snapshots.deleteSnapshot(snapshot);
  };
  return (
    <Dialog
      role="alertdialog"
      title={t('snapshots.deleteTitle', { snapshot: snapshot.name })}
      onClose={() => view.close()}
      foot={
        <>
          <Button onPress={() => view.close()}>{t('common.cancel')}</Button>
          <Button kind="danger" whyNot={link.whyNot} autoFocus onPress={remove}>
            {t('common.delete')}
          </Button>
        </>
      }
    >
      <p>{t('snapshots.deleteText')}</p>
    </Dialog>
  );
});
