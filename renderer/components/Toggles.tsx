// Several of a few, side by side: each is on or off.
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';

export interface TogglesProps<Value extends string> {
  label: string;
  values: readonly Value[];
  options: readonly { value: Value; label: string }[];
  onChange: (values: Value[]) => void;
}

export function Toggles<Value extends string>({ label, values, options, onChange }: TogglesProps<Value>) {
  return (
    <ToggleButtonGroup
      className="choice"
      aria-label={label}
      selectionMode="multiple"
      selectedKeys={values}
      onSelectionChange={(keys) => onChange(options.map(({ value }) => value).filter((value) => keys.has(value)))}
    >
      {options.map((option) => (
        <ToggleButton key={option.value} id={option.value} className="choice-option">
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
