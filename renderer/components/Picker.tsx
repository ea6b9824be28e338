// One of many, in a list that opens.
import { ChevronDown } from 'lucide-react';
import { Button as AriaButton, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';

export interface PickerProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  isDisabled?: boolean;
}

export function Picker({ label, value, options, onChange, isDisabled = false }: PickerProps) {
  return (
    <Select
      className="field"
      selectedKey={value}
      onSelectionChange={(key) => key !== null && onChange(String(key))}
      isDisabled={isDisabled}
    >
      <Label className="field-label">{label}</Label>
      <AriaButton className="input picker-button">
        <SelectValue className="ellipsis mono" />
        <ChevronDown aria-hidden className="icon" />
      </AriaButton>
      <Popover className="popover menu-popover" placement="bottom start">
        <ListBox className="menu" items={options}>
          {(option) => (
            <ListBoxItem id={option.value} textValue={option.label} className="menu-item">
              <span className="menu-label mono">{option.label}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
