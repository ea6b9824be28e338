// In the status bar: files on their way to the agent, which has no operation for them yet. Opens the push.
import { observer } from 'mobx-react-lite';
import { Button as AriaButton } from 'react-aria-components';
import { Spinner } from '../components/Spinner.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const PushStatus = observer(function PushStatus() {
  const { pushes } = useStores();
  const t = useWords();
  const [first] = pushes.running;
  if (!first) return null;
  const { done, total } = first.sent;
  const percent = first.phase === 'putting' ? 100 : total === 0 ? 0 : Math.floor((100 * done) / total);
  return (
    <AriaButton className="status-item number" onPress={() => pushes.show(first)}>
      <Spinner size={12} /> {t('guestFiles.status', { name: first.name, percent })}
    </AriaButton>
  );
});
