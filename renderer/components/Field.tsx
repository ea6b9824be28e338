// A labelled text field with its hint and its error.
import { FieldError, Input, Label, Text, TextArea, TextField, type TextFieldProps } from 'react-aria-components';

export interface FieldProps extends Omit<TextFieldProps, 'children' | 'className'> {
  label: string;
  hint?: string;
  placeholder?: string;
  /** Why it is not valid; shown beside it. */
  error?: string | null;
  lines?: number;
  mono?: boolean;
  hideLabel?: boolean;
}

export function Field(props: FieldProps) {
  const { label, hint, placeholder, error = null, lines = 1, mono = false, hideLabel = false, ...rest } = props;
  const own = { className: 'input', ...(placeholder === undefined ? {} : { placeholder }) };
  return (
    <TextField {...rest} className="field" isInvalid={error !== null} data-mono={mono || undefined}>
      <Label className={hideLabel ? 'visually-hidden' : 'field-label'}>{label}</Label>
      {lines > 1 ? <TextArea {...own} rows={lines} /> : <Input {...own} spellCheck={!mono} />}
      {hint !== undefined && error === null && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  );
}
