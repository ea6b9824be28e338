// All keys at a glance (key ?).
import { Dialog } from '../components/Dialog.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { KeyList } from '../settings/KeyList.tsx';

export function KeysDialog() {
  const { view } = useStores();
  const t = useWords();
  return (
    <Dialog title={t('shell.keys.title')} width="large" onClose={() => view.close()}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that may scroll must be reachable by keyboard */}
      <section tabIndex={0} aria-label={t('shell.keys.title')}>
        <KeyList />
      </section>
    </Dialog>
  );
}
