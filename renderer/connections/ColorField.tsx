// The colour of a connection: one of a few, by radio buttons that are the colours; their names are said.
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { type ConnectionColor, connectionColors } from '../bridge.ts';
import { useWords } from '../i18n/index.ts';

export interface ColorFieldProps {
  value: ConnectionColor;
  onChange: (color: ConnectionColor) => void;
}

export function ColorField({ value, onChange }: ColorFieldProps) {
  const t = useWords();
  return (
    <RadioGroup
      className="field"
      orientation="horizontal"
      value={value}
      onChange={(name) => onChange(connectionColors.find((color) => color === name) ?? value)}
    >
      <Label className="field-label">{t('connections.color')}</Label>
      <span className="connection-colors">
        {connectionColors.map((color) => (
          <Radio
            key={color}
            value={color}
            className="connection-color"
            data-color={color}
            aria-label={t(`connections.colors.${color}`)}
          />
        ))}
      </span>
    </RadioGroup>
  );
}
