// A tick box with its words and a hint below them.
import { useId } from 'react';
import { Checkbox } from 'react-aria-components';

export interface CheckFieldProps {
  label: string;
  hint?: string;
  value: boolean;
  onChange: (value: boolean) => void;
  isDisabled?: boolean;
}

export function CheckField({ label, hint, value, onChange, isDisabled = false }: CheckFieldProps) {
  const hintId = useId();
  return (
    <div className="check-field">
      <Checkbox
        className="check"
        isSelected={value}
        onChange={onChange}
        isDisabled={isDisabled}
        {...(hint === undefined ? {} : { 'aria-describedby': hintId })}
      >
        <CheckBoxMark isSelected={value} />
        {label}
      </Checkbox>
      {hint !== undefined && (
        <span id={hintId} className="field-hint">
          {hint}
        </span>
      )}
    </div>
  );
}

/** The drawn box of a tick box. */
export function CheckBoxMark({ isSelected, isMixed = false }: { isSelected: boolean; isMixed?: boolean }) {
  return (
    <span
      className="checkbox"
      data-selected={(isSelected && !isMixed) || undefined}
      data-indeterminate={isMixed || undefined}
    />
  );
}
