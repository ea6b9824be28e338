// Shown when the address names an ENV that does not exist (any more). One that is in the bin can be restored from here.
import { SearchX, Trash2 } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { Button } from '../components/Button.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { binActions } from './bin-actions.ts';

export const EnvGone = observer(function EnvGone({ envName }: { envName: string }) {
  const stores = useStores();
  const { view, envs } = stores;
  const t = useWords();
  const format = useFormat();
  const deleted = envs.getDeleted(envName);
  const back = <Button onPress={() => view.go({ page: 'envs' })}>{t('envs.backToBoard')}</Button>;
  return (
    <section className="page">
      {deleted?.bin ? (
        <EmptyState isPage icon={Trash2} title={t('bin.isThere', { env: envName })}>
          <p className="muted">{t('bin.until', { time: format.time(deleted.bin.keptUntil) })}</p>
          <ActionButton kind="primary" action={binActions(stores, [deleted], t).restore} />
          {back}
        </EmptyState>
      ) : (
        <EmptyState isPage icon={SearchX} title={t('envs.gone', { env: envName })}>
          <p className="muted">{t('envs.goneText')}</p>
          {back}
        </EmptyState>
      )}
    </section>
  );
});
