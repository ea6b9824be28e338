// Shown when the address names an ENV that does not exist (any more).
import { SearchX } from 'lucide-react';
import { Button } from '../components/Button.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export function EnvGone({ envName }: { envName: string }) {
  const { view } = useStores();
  const t = useWords();
  return (
    <section className="page">
      <EmptyState isPage icon={SearchX} title={t('envs.gone', { env: envName })}>
        <p className="muted">{t('envs.goneText')}</p>
        <Button onPress={() => view.go({ page: 'envs' })}>{t('envs.backToBoard')}</Button>
      </EmptyState>
    </section>
  );
}
