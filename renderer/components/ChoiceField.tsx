// A choice with its words above it, as in a form.
import { Choice, type ChoiceProps } from './Choice.tsx';

export function ChoiceField<Value extends string>({ hint, ...props }: ChoiceProps<Value> & { hint?: string }) {
  return (
    <div className="field">
      <span className="field-label">{props.label}</span>
      <Choice {...props} />
      {hint !== undefined && <span className="field-hint">{hint}</span>}
    </div>
  );
}
