// A size with minus and plus. What is typed counts at once and stays as it is typed, in MiB or with a unit; what it amounts to stands
// beside it.
import { Minus, Plus } from 'lucide-react';
import { Button as AriaButton, FieldError, Group, Input, Label, TextField } from 'react-aria-components';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { passedOn } from './passed-on.ts';

export interface SizeFieldProps {
  label: string;
  /** As typed. */
  text: string;
  /** What it means, in MiB; null: nothing. */
  valueMiB: number | null;
  minMiB: number;
  maxMiB: number;
  stepMiB: number;
  /** Why it is not valid; shown below it. */
  error: string | null;
  onType: (text: string) => void;
}

export function SizeField(props: SizeFieldProps) {
  const { label, text, valueMiB, minMiB, maxMiB, stepMiB, error, onType } = props;
  const t = useWords();
  const format = useFormat();
  // To the next multiple of a step: 1000 goes to 1024, not to 1064.
  const step = (by: 1 | -1) => {
    const from = valueMiB ?? minMiB;
    const next =
      by === 1 ? Math.floor(from / stepMiB) * stepMiB + stepMiB : Math.ceil(from / stepMiB) * stepMiB - stepMiB;
    onType(String(Math.min(maxMiB, Math.max(minMiB, next))));
  };
  const onKeyDown = passedOn(({ key }) => {
    if (key === 'ArrowUp') step(1);
    if (key === 'ArrowDown') step(-1);
  });
  return (
    <TextField className="stepper" value={text} onChange={onType} isInvalid={error !== null} onKeyDown={onKeyDown}>
      <Label className="visually-hidden">{label}</Label>
      <Group className="stepper-group">
        <AriaButton
          className="stepper-button"
          excludeFromTabOrder
          aria-label={t('common.less', { name: label })}
          onPress={() => step(-1)}
        >
          <Minus aria-hidden className="icon" />
        </AriaButton>
        <Input className="stepper-input size-input" inputMode="text" spellCheck={false} />
        <AriaButton
          className="stepper-button"
          excludeFromTabOrder
          aria-label={t('common.larger', { name: label })}
          onPress={() => step(1)}
        >
          <Plus aria-hidden className="icon" />
        </AriaButton>
      </Group>
      <span className="muted size-words">{valueMiB === null ? '' : format.mebibytes(valueMiB)}</span>
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  );
}
