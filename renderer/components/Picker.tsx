// One of many, in a list that opens. One that can't be changed now keeps the focus, does not open, and says why.
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import {
  Button as AriaButton,
  Label,
  ListBox,
  ListBoxItem,
  ListLayout,
  Popover,
  Select,
  SelectValue,
} from 'react-aria-components';
import { LongCollection } from './lists/LongCollection.tsx';
import { useIsLong } from './lists/long-list.ts';
import type { WhyNot } from './action.ts';
import { useReason } from './use-reason.tsx';

/** As `.menu-item` in overlays.css. */
const OPTIONS = { rowSize: 28, padding: 4 };

export interface PickerProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  /** Why it can't be changed now, shown below it. */
  whyNot?: WhyNot | null;
}

export function Picker({ label, value, options, onChange, whyNot = null }: PickerProps) {
  const [isOpen, setOpen] = useState(false);
  const reason = useReason(whyNot);
  const isLong = useIsLong(options.length);
  return (
    <Select
      className="field"
      selectedKey={value}
      onSelectionChange={(key) => key !== null && whyNot === null && onChange(String(key))}
      isOpen={isOpen && whyNot === null}
      onOpenChange={setOpen}
      data-unavailable={whyNot !== null || undefined}
    >
      <Label className="field-label">{label}</Label>
      <AriaButton {...reason.props} className="input picker-button">
        <SelectValue className="ellipsis mono" />
        <ChevronDown aria-hidden className="icon" />
        {reason.description}
      </AriaButton>
      {reason.text !== null && <span className="field-hint">{reason.text}</span>}
      <Popover className="popover menu-popover" placement="bottom start">
        <LongCollection isLong={isLong} layout={ListLayout} layoutOptions={OPTIONS}>
          <ListBox className="menu" data-long={isLong || undefined} items={options}>
            {(option) => (
              <ListBoxItem id={option.value} textValue={option.label} className="menu-item">
                <span className="menu-label mono">{option.label}</span>
              </ListBoxItem>
            )}
          </ListBox>
        </LongCollection>
      </Popover>
    </Select>
  );
}
