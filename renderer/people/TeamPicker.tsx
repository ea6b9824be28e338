// With which team something is shared: one of one’s own (administrators: any), or none.
import { observer } from 'mobx-react-lite';
import { useEffect } from 'react';
import type { WhyNot } from '../components/action.ts';
import { Picker } from '../components/Picker.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export interface TeamPickerProps {
  /** null: none. */
  value: string | null;
  onChange: (team: string | null) => void;
  whyNot?: WhyNot | null;
}

/** No name of a team begins so. */
const NONE = '-';

/** Nothing where there is no team to choose. */
export const TeamPicker = observer(function TeamPicker({ value, onChange, whyNot = null }: TeamPickerProps) {
  const { teams, link } = useStores();
  const t = useWords();
  useEffect(() => {
    if (link.up) void teams.load();
  }, [teams, link.up]);
  const names = new Set((teams.teams ?? []).map(({ name }) => name));
  if (value !== null) names.add(value);
  if (names.size === 0) return null;
  return (
    <Picker
      label={t('envs.sharedWith')}
      value={value ?? NONE}
      options={[
        { value: NONE, label: t('envs.sharedWithNobody') },
        ...[...names].toSorted().map((name) => ({ value: name, label: name })),
      ]}
      onChange={(chosen) => onChange(chosen === NONE ? null : chosen)}
      whyNot={whyNot}
    />
  );
});
