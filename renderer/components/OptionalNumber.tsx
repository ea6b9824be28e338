// A whole number that may be left empty, with its label, hint and error.
import { FieldError, Input, Label, NumberField, Text } from 'react-aria-components';

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
  isDisabled?: boolean;
}

export function OptionalNumber(props: OptionalNumberProps) {
  const { label, value, onChange, min, max, placeholder, hint, error = null, isDisabled = false } = props;
  return (
    <NumberField
      className="field"
      data-mono
      value={value ?? Number.NaN}
      minValue={min}
      maxValue={max}
      isInvalid={error !== null}
      isDisabled={isDisabled}
      onChange={(next) => onChange(Number.isFinite(next) ? Math.round(next) : null)}
      formatOptions={{ useGrouping: false, maximumFractionDigits: 0 }}
    >
      <Label className="field-label">{label}</Label>
      <Input className="input" {...(placeholder === undefined ? {} : { placeholder })} />
      {hint !== undefined && error === null && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </NumberField>
  );
}
