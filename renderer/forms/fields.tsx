// The fields of `components/`, bound to a value of a form: each shows the value, takes changes and says what the schema refuses.
import { type Control, type FieldPathByValue, type FieldValues, useController } from 'react-hook-form';
import { CheckField, type CheckFieldProps } from '../components/CheckField.tsx';
import type { ChoiceProps } from '../components/Choice.tsx';
import { ChoiceField } from '../components/ChoiceField.tsx';
import { Field, type FieldProps } from '../components/Field.tsx';
import { OptionalNumber, type OptionalNumberProps } from '../components/OptionalNumber.tsx';
import { Picker, type PickerProps } from '../components/Picker.tsx';
import { useWords, type Word } from '../i18n/index.ts';

type Bound = 'value' | 'onChange' | 'error' | 'name';

/** Where the value is: `control` of the form, and its name there. */
export interface Of<Values extends FieldValues, Value> {
  control: Control<Values>;
  name: FieldPathByValue<Values, Value>;
}

/** Value, change and error of one field. */
export function useFieldOf<Values extends FieldValues, Value>({ control, name }: Of<Values, Value>) {
  const t = useWords();
  const { field, fieldState } = useController({ control, name });
  const message = fieldState.error?.message;
  return {
    value: field.value as Value,
    onChange: (value: Value) => field.onChange(value),
    // Messages are words: the schema of a form is given no others.
    error: message === undefined ? null : t(message as Word),
  };
}

export function TextOf<Values extends FieldValues>({
  control,
  name,
  ...props
}: Of<Values, string> & Omit<FieldProps, Bound>) {
  return <Field {...props} {...useFieldOf<Values, string>({ control, name })} />;
}

export function NumberOf<Values extends FieldValues>({
  control,
  name,
  ...props
}: Of<Values, number | null> & Omit<OptionalNumberProps, Bound>) {
  return <OptionalNumber {...props} {...useFieldOf<Values, number | null>({ control, name })} />;
}

export function CheckOf<Values extends FieldValues>({
  control,
  name,
  ...props
}: Of<Values, boolean> & Omit<CheckFieldProps, Bound>) {
  const { value, onChange } = useFieldOf<Values, boolean>({ control, name });
  return <CheckField {...props} value={value} onChange={onChange} />;
}

export function PickerOf<Values extends FieldValues>({
  control,
  name,
  ...props
}: Of<Values, string> & Omit<PickerProps, Bound>) {
  const { value, onChange } = useFieldOf<Values, string>({ control, name });
  return <Picker {...props} value={value} onChange={onChange} />;
}

export function ChoiceOf<Values extends FieldValues, Value extends string>({
  control,
  name,
  ...props
}: Of<Values, Value> & Omit<ChoiceProps<Value>, Bound> & { hint?: string }) {
  const { value, onChange } = useFieldOf<Values, Value>({ control, name });
  return <ChoiceField<Value> {...props} value={value} onChange={onChange} />;
}
