// A whole number that may be left empty, with its label, hint and error.
import { FieldError, Input, Label, NumberField, Text } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import type { WhyNot } from './action.ts';

export interface OptionalNumberProps {
  label: string;
  /** null = empty. */
  value: number | null;
  onChange: (value: number | null) => void;
  min: number;
  max: number;
  /** What empty means. */
  placeholder?: string;
  hint?: string;
  error?: string | null;
  /** Why it can't be changed now, shown instead of the hint. */
  whyNot?: WhyNot | null;
}

export function OptionalNumber(props: OptionalNumberProps) {
  const { label, value, onChange, min, max, placeholder, hint, error = null, whyNot = null } = props;
  const t = useWords();
  const below = whyNot === null ? hint : t(`common.whyNot.${whyNot}`);
  return (
    <NumberField
      className="field"
      data-mono
      value={value ?? Number.NaN}
      minValue={min}
      maxValue={max}
      isInvalid={error !== null}
      isReadOnly={whyNot !== null}
      data-unavailable={whyNot !== null || undefined}
      onChange={(next) => onChange(Number.isFinite(next) ? Math.round(next) : null)}
      formatOptions={{ useGrouping: false, maximumFractionDigits: 0 }}
    >
      <Label className="field-label">{label}</Label>
      <Input className="input" {...(placeholder === undefined ? {} : { placeholder })} />
      {below !== undefined && below !== '' && error === null && (
        <Text slot="description" className="field-hint">
          {below}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </NumberField>
  );
}
