// All machines or one of them.
import { Radios } from '../components/Radios.tsx';
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
  const options = [all, ...single.map(({ id, name }) => ({ value: id, label: shortVmName(name), mono: true }))];
  return <Radios label={label} options={options} value={value} onChange={onChange} />;
}
