// A small whole number with minus and plus. What is typed stays as it is typed; only the buttons go in steps.
import { Minus, Plus } from 'lucide-react';
import { Button as AriaButton, FieldError, Group, Input, Label, NumberField } from 'react-aria-components';

export interface StepperProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  prefix?: string;
  /** Why it is not valid; shown below it. */
  error?: string | null;
  onChange: (value: number) => void;
}

export function Stepper({ label, value, min, max, step = 1, prefix, error = null, onChange }: StepperProps) {
  return (
    <NumberField
      className="stepper"
      value={value}
      // Steps count from here; a minimum between two steps must not move all of them.
      minValue={Math.floor(min / step) * step}
      maxValue={max}
      step={step}
      commitBehavior="validate"
      isInvalid={error !== null}
      onChange={(next) => onChange(Number.isFinite(next) ? Math.min(max, Math.max(min, Math.round(next))) : min)}
      formatOptions={{ useGrouping: false, maximumFractionDigits: 0 }}
    >
      <Label className="visually-hidden">{label}</Label>
      <Group className="stepper-group">
        <AriaButton slot="decrement" className="stepper-button">
          <Minus aria-hidden className="icon" />
        </AriaButton>
        {prefix !== undefined && <span className="stepper-prefix">{prefix}</span>}
        <Input className="stepper-input" />
        <AriaButton slot="increment" className="stepper-button">
          <Plus aria-hidden className="icon" />
        </AriaButton>
      </Group>
      <FieldError className="field-error">{error}</FieldError>
    </NumberField>
  );
}
