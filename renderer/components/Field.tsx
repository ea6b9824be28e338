// A labelled text field with its hint and its error.
import { useId } from 'react';
import { FieldError, Input, Label, Text, TextArea, TextField, type TextFieldProps } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import type { WhyNot } from './action.ts';
import { passedOn } from './passed-on.ts';

export interface FieldProps extends Omit<TextFieldProps, 'children' | 'className' | 'isDisabled'> {
  label: string;
  hint?: string;
  placeholder?: string;
  /** Why it is not valid; shown beside it. */
  error?: string | null;
  lines?: number;
  mono?: boolean;
  hideLabel?: boolean;
  /** What is offered to complete; anything else may be written. */
  suggestions?: readonly string[];
  /** Why it can't be changed now, shown instead of the hint; it can still be read and copied. */
  whyNot?: WhyNot | null;
}

export function Field(props: FieldProps) {
  const {
    label,
    hint,
    placeholder,
    error = null,
    lines = 1,
    mono = false,
    hideLabel = false,
    suggestions = [],
    whyNot = null,
    onKeyDown,
    ...rest
  } = props;
  const t = useWords();
  const listId = useId();
  const below = whyNot === null ? hint : t(`common.whyNot.${whyNot}`);
  const own = { className: 'input', ...(placeholder === undefined ? {} : { placeholder }) };
  return (
    <TextField
      {...rest}
      {...(onKeyDown && { onKeyDown: passedOn(onKeyDown) })}
      className="field"
      isInvalid={error !== null}
      {...(whyNot === null ? {} : { isReadOnly: true })}
      data-mono={mono || undefined}
      data-unavailable={whyNot !== null || undefined}
    >
      <Label className={hideLabel ? 'visually-hidden' : 'field-label'}>{label}</Label>
      {lines > 1 ? (
        <TextArea {...own} rows={lines} />
      ) : (
        <Input {...own} spellCheck={!mono} {...(suggestions.length > 0 && { list: listId })} />
      )}
      {suggestions.length > 0 && (
        <datalist id={listId}>
          {suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
      {below !== undefined && error === null && (
        <Text slot="description" className="field-hint">
          {below}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  );
}
