// What of the history is shown: filters that combine.
import { RefreshCw } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { Choice } from '../components/Choice.tsx';
import { Picker } from '../components/Picker.tsx';
import { SearchBox } from '../components/SearchBox.tsx';
import { useWords } from '../i18n/index.ts';
import { HISTORY_RESULTS, HISTORY_SPANS, type HistoryStore } from './history-store.ts';
import { historyNouns } from './history-words.ts';

/** Stands for no choice: a list has no entry without a value. */
const ALL = '*';

export const HistoryFilters = observer(function HistoryFilters({ history }: { history: HistoryStore }) {
  const t = useWords();
  const { filters } = history;
  const chosen = (value: string) => (value === ALL ? '' : value);
  const names = [...history.userNames].toSorted((one, other) => one.localeCompare(other));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own
    <div className="history-filters" role="group" aria-label={t('activity.filters')}>
      <Picker
        label={t('activity.who')}
        value={filters.userName || ALL}
        options={[{ value: ALL, label: t('activity.everybody') }, ...names.map((value) => ({ value, label: value }))]}
        onChange={(value) => void history.choose({ userName: chosen(value) })}
      />
      <Picker
        label={t('activity.what')}
        value={filters.noun || ALL}
        options={[
          { value: ALL, label: t('activity.everything') },
          ...Object.entries(historyNouns).map(([value, word]) => ({ value, label: t(word) })),
        ]}
        onChange={(value) => void history.choose({ noun: chosen(value) })}
      />
      <SearchBox
        label={t('activity.about')}
        placeholder={t('activity.aboutHint')}
        value={filters.about}
        onChange={(about) => void history.choose({ about })}
      />
      <Choice
        label={t('activity.result')}
        value={filters.result}
        options={HISTORY_RESULTS.map((value) => ({ value, label: t(`activity.results.${value}`) }))}
        onChange={(result) => void history.choose({ result })}
      />
      <Choice
        label={t('activity.span')}
        value={filters.span}
        options={HISTORY_SPANS.map((value) => ({ value, label: t(`activity.spans.${value}`) }))}
        onChange={(span) => void history.choose({ span })}
      />
      <Button
        kind="quiet"
        icon={RefreshCw}
        label={t('activity.refresh')}
        isBusy={history.isBusy}
        onPress={() => void history.load()}
      />
    </div>
  );
});
