// In the status bar, on every page: the file that is on its way to the agent. Leads to the Images page.
import { observer } from 'mobx-react-lite';
import { Button as AriaButton } from 'react-aria-components';
import { Spinner } from '../../components/Spinner.tsx';
import { useWords } from '../../i18n/index.ts';
import { useStores } from '../../state/stores-context.ts';
import { percentOf } from './import-words.ts';

export const ImportStatus = observer(function ImportStatus() {
  const { imports, view } = useStores();
  const t = useWords();
  const { sending } = imports;
  if (!sending) return null;
  return (
    <AriaButton className="status-item number" onPress={() => view.go({ page: 'images' })}>
      <Spinner size={12} /> {t('images.imports.status', { image: sending.request.name, percent: percentOf(sending) })}
    </AriaButton>
  );
});
