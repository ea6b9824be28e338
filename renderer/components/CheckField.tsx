// A tick box with its words and a hint below them.
import { useId } from 'react';
import { Checkbox } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import type { WhyNot } from './action.ts';

export interface CheckFieldProps {
  label: string;
  hint?: string;
  value: boolean;
  onChange: (value: boolean) => void;
  /** Why it can't be changed now, shown instead of the hint. */
  whyNot?: WhyNot | null;
}

export function CheckField({ label, hint, value, onChange, whyNot = null }: CheckFieldProps) {
  const t = useWords();
  const hintId = useId();
  const below = whyNot === null ? hint : t(`common.whyNot.${whyNot}`);
  return (
    <div className="check-field">
      <Checkbox
        className="check"
        isSelected={value}
        onChange={onChange}
        isReadOnly={whyNot !== null}
        data-unavailable={whyNot !== null || undefined}
        {...(below === undefined ? {} : { 'aria-describedby': hintId })}
      >
        <CheckBoxMark isSelected={value} />
        {label}
      </Checkbox>
      {below !== undefined && (
        <span id={hintId} className="field-hint">
          {below}
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
