// The lifetime of a new ENV: a few usual durations up to the limit of the host, or, for administrators, any number of hours.
import { observer } from 'mobx-react-lite';
import { ChoiceField } from '../components/ChoiceField.tsx';
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { clockText } from './clock-text.ts';
import { type LifetimeChoice, lifetimeSpans, sixOClock } from './lifetime-choice.ts';

const HOUR_S = 3600;
/** A year: more is a slip of the finger. */
const MOST_HOURS = 8760;

export interface LifetimeChooserProps {
  lifetime: LifetimeChoice;
  onChange: (lifetime: LifetimeChoice) => void;
  /** Administrators: any number of hours. */
  overrideLimit?: boolean;
}

export const LifetimeChooser = observer(function LifetimeChooser(props: LifetimeChooserProps) {
  const { lifetime, onChange, overrideLimit = false } = props;
  const { hosts, clock } = useStores();
  const t = useWords();
  const format = useFormat();
  if (overrideLimit) {
    return (
      <OptionalNumber
        label={t('endings.hours')}
        value={lifetime.kind === 'seconds' ? Math.max(1, Math.round(lifetime.seconds / HOUR_S)) : null}
        onChange={(hours) => onChange({ kind: 'seconds', seconds: (hours ?? 1) * HOUR_S })}
        min={1}
        max={MOST_HOURS}
      />
    );
  }
  const limits = hosts.first?.lifetime;
  const six = sixOClock(new Date(clock.now), limits?.maxS);
  const spans = lifetimeSpans(limits);
  // One that a template brought.
  const own = lifetime.kind === 'seconds' && !spans.includes(lifetime.seconds) ? [lifetime.seconds] : [];
  const choices = [...own, ...spans].map((seconds): { value: string; label: string; lifetime: LifetimeChoice } => ({
    value: String(seconds),
    label: seconds % HOUR_S === 0 ? t('newEnv.hours', { count: seconds / HOUR_S }) : format.duration(seconds * 1000),
    lifetime: { kind: 'seconds', seconds },
  }));
  if (six) {
    const until = { value: 'until', label: t('newEnv.until', { time: clockText(six) }) };
    choices.splice(-1, 0, { ...until, lifetime: { kind: 'until', end: six } });
  }
  return (
    <ChoiceField
      label={t('newEnv.lifetime')}
      value={lifetime.kind === 'until' ? 'until' : String(lifetime.seconds)}
      options={choices}
      onChange={(next) => {
        const choice = choices.find((option) => option.value === next);
        if (choice) onChange(choice.lifetime);
      }}
    />
  );
});
