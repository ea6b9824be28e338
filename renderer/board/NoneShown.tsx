// Says why the board shows none of the ENVs there are, and offers all of them again.
import { Button } from '../components/Button.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';

export function NoneShown({ query, onShowAll }: { query: string; onShowAll: () => void }) {
  const t = useWords();
  return (
    <EmptyState title={query === '' ? t('envs.noneOfKind') : t('envs.noMatch', { query })}>
      <Button onPress={onShowAll}>{t('envs.showAll')}</Button>
    </EmptyState>
  );
}
