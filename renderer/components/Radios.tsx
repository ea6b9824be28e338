// One of several: radio buttons while there are few, otherwise a list that opens and is found in by typing.
import { Label, Radio, RadioGroup, Text } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import type { WhyNot } from './action.ts';
import { useIsLong } from './lists/long-list.ts';
import { Picker } from './Picker.tsx';

export interface RadiosProps {
  label: string;
  /** Shows the label above the radio buttons; otherwise only screen readers say it. */
  isLabelShown?: boolean;
  options: readonly { value: string; label: string; mono?: boolean }[];
  value: string;
  onChange: (value: string) => void;
  /** Why it can't be changed now, shown below. */
  whyNot?: WhyNot | null;
}

export function Radios({ label, isLabelShown = false, options, value, onChange, whyNot = null }: RadiosProps) {
  const t = useWords();
  const isLong = useIsLong(options.length);
  if (isLong) return <Picker label={label} options={options} value={value} onChange={onChange} whyNot={whyNot} />;
  return (
    <RadioGroup
      className="radios"
      {...(!isLabelShown && { 'aria-label': label })}
      value={value}
      onChange={onChange}
      isReadOnly={whyNot !== null}
    >
      {isLabelShown && <Label className="field-label">{label}</Label>}
      {options.map((option) => (
        <Radio key={option.value} value={option.value} className={option.mono ? 'radio mono' : 'radio'}>
          {option.label}
        </Radio>
      ))}
      {whyNot !== null && (
        <Text slot="description" className="field-hint">
          {t(`common.whyNot.${whyNot}`)}
        </Text>
      )}
    </RadioGroup>
  );
}
