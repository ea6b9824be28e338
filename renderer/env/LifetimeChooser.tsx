// The lifetime of a new ENV: a few usual durations up to the limit of the host, or, for administrators, any number of hours.
import { observer } from 'mobx-react-lite';
import { ChoiceField } from '../components/ChoiceField.tsx';
import { Field } from '../components/Field.tsx';
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { clockText } from './clock-text.ts';
import { type LifetimeChoice, lifetimeSpans, secondsOf, sixOClock } from './lifetime-choice.ts';

const HOUR_S = 3600;
/** No number of seconds. */
const TYPED = 'typed';
/** A year: more is a slip of the finger. */
const MOST_HOURS = 8760;

export interface LifetimeChooserProps {
  lifetime: LifetimeChoice;
  onChange: (lifetime: LifetimeChoice) => void;
  /** Administrators: any number of hours. */
  overrideLimit?: boolean;
  /** Where an end may be typed as well: its text (null: one of the choices stands), and what is wrong with it. */
  typed?: { text: string | null; error: string | null; onType: (text: string | null) => void };
}

export const LifetimeChooser = observer(function LifetimeChooser(props: LifetimeChooserProps) {
  const { lifetime, onChange, overrideLimit = false, typed } = props;
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
  const options = [...choices, ...(typed ? [{ value: TYPED, label: t('newEnv.endsAt') }] : [])];
  const chosen = lifetime.kind === 'until' ? 'until' : String(lifetime.seconds);
  const text = typed?.text ?? null;
  return (
    <div className="lifetime-chooser">
      <ChoiceField
        label={t('newEnv.lifetime')}
        value={text === null ? chosen : TYPED}
        options={options}
        onChange={(next) => {
          typed?.onType(next === TYPED ? clockText(new Date(clock.now + secondsOf(lifetime, clock.now) * 1000)) : null);
          const choice = choices.find((option) => option.value === next);
          if (choice) onChange(choice.lifetime);
        }}
      />
      {typed && text !== null && (
        <Field
          label={t('newEnv.endsAt')}
          hideLabel
          mono
          placeholder="18:00, 12-03 18:00, 2h"
          value={text}
          onChange={typed.onType}
          error={typed.error}
        />
      )}
    </div>
  );
});
