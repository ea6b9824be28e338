// All machines or one of them: radio buttons while there are few, otherwise a list that opens and is found in by typing.
import { Radio, RadioGroup } from 'react-aria-components';
import { Picker } from '../components/Picker.tsx';
import { LONG_FROM } from '../components/lists/long-list.ts';
import { shortVmName } from '../state/vm-name.ts';

export interface MachineRadiosProps {
  label: string;
  /** What stands for all of them. */
  all: { value: string; label: string };
  machines: readonly { id: string; name: string }[];
  value: string;
  onChange: (value: string) => void;
}

export function MachineRadios({ label, all, machines, value, onChange }: MachineRadiosProps) {
  const single = machines.length > 1 ? machines : [];
  if (single.length > LONG_FROM) {
    const options = [all, ...single.map(({ id, name }) => ({ value: id, label: shortVmName(name) }))];
    return <Picker label={label} value={value} options={options} onChange={onChange} />;
  }
  return (
    <RadioGroup className="radios" aria-label={label} value={value} onChange={onChange}>
      <Radio value={all.value} className="radio">
        {all.label}
      </Radio>
      {single.map(({ id, name }) => (
        <Radio key={id} value={id} className="radio mono">
          {shortVmName(name)}
        </Radio>
      ))}
    </RadioGroup>
  );
}
