// All keys at a glance (key ?).
import { Dialog } from '../components/Dialog.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { KeyList } from '../settings/KeyList.tsx';

export function KeysDialog() {
  const { view } = useStores();
  const t = useWords();
  return (
    <Dialog title={t('shell.keys.title')} width="normal" onClose={() => view.close()}>
      <KeyList />
    </Dialog>
  );
}
