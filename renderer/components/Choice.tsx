// One of a few, side by side (a segmented control). One that can't be changed now keeps the focus and says why.
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { WhyNot } from './action.ts';
import { useReason } from './use-reason.tsx';
import { WithTooltip } from './WithTooltip.tsx';

export interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  /** Why it can't be changed now. */
  whyNot?: WhyNot | null;
}

export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, options, onChange, whyNot = null } = props;
  const reason = useReason(whyNot);
  return (
    <ToggleButtonGroup
      className="choice"
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const chosen = options.find((option) => keys.has(option.value));
        if (chosen && whyNot === null) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <WithTooltip key={option.value} text="" reason={reason.text ?? ''} isSilent={reason.text === null}>
          <ToggleButton {...reason.props} id={option.value} className="choice-option">
            {option.label}
          </ToggleButton>
        </WithTooltip>
      ))}
      {reason.description}
    </ToggleButtonGroup>
  );
}
