// The filters of the board: state, what is on or off, and behind a button owner, team, system, host and tag. They combine, and the
// window remembers them.
import { Funnel } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { Choice } from '../components/Choice.tsx';
import { Picker } from '../components/Picker.tsx';
import { Toggles } from '../components/Toggles.tsx';
import { useWords } from '../i18n/index.ts';
import { boardFields, boardMarks, boardStates, noFilter } from '../settings/kept-filter.ts';
import { useStores } from '../state/stores-context.ts';
import { filterCount, filterValues, isFiltered } from './board-filter.ts';

/** No name, tag or id. */
const ANY = '\u0000any';

/** `isFolded`: all of them are behind the button. */
export const BoardFilters = observer(function BoardFilters({ isFolded }: { isFolded: boolean }) {
  const { settings } = useStores();
  const t = useWords();
  const { boardFilter: filter } = settings;
  const count = filterCount(filter);
  return (
    <>
      {!isFolded && (
        <span className="filters-inline">
          <StateFilters />
        </span>
      )}
      <DialogTrigger>
        <Button kind="quiet" icon={Funnel} aria-label={t('envs.moreFilters')}>
          {t('envs.filters')}
          {count > 0 && <span className="tag">{count}</span>}
        </Button>
        <Popover className="popover options-popover" placement="bottom start">
          <Dialog aria-label={t('envs.moreFilters')} className="options">
            <div className="filters-folded" data-shown={isFolded || undefined}>
              <StateFilters />
            </div>
            <FilterFields />
          </Dialog>
        </Popover>
      </DialogTrigger>
      {isFiltered(filter) && (
        <Button kind="quiet" onPress={() => settings.filterBoard(noFilter)}>
          {t('envs.showAll')}
        </Button>
      )}
    </>
  );
});

/** Beside the button, or in what it opens: there is one place for both in a small window. */
const StateFilters = observer(function StateFilters() {
  const { settings } = useStores();
  const t = useWords();
  const { boardFilter: filter } = settings;
  return (
    <>
      <Choice
        label={t('envs.chipsLabel')}
        value={filter.state}
        options={boardStates.map((value) => ({ value, label: t(`envs.chips.${value}`) }))}
        onChange={(state) => settings.filterBoard({ state })}
      />
      <Toggles
        label={t('envs.marksLabel')}
        values={filter.marks}
        options={boardMarks.map((value) => ({ value, label: t(`envs.marks.${value}`) }))}
        onChange={(marks) => settings.filterBoard({ marks })}
      />
    </>
  );
});

/** In a component of its own: only an open popover follows all machines. */
const FilterFields = observer(function FilterFields() {
  const { settings, envs, vms, hosts } = useStores();
  const t = useWords();
  const { boardFilter: filter } = settings;
  return boardFields.map((field) => {
    const values = filterValues(envs.all, filter, field, { vmsOf: vms.ofEnv });
    const named = (value: string) => (field === 'host' ? (hosts.items.get(value)?.name ?? value) : value);
    return (
      <Picker
        key={field}
        label={t(`envs.filterFields.${field}`)}
        value={filter[field] ?? ANY}
        options={[
          { value: ANY, label: t('envs.filterAny') },
          ...values.map((value) => ({ value, label: named(value) })),
        ]}
        onChange={(value) => settings.filterBoardBy(field, value === ANY ? null : value)}
      />
    );
  });
});
