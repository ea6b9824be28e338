// A snapshot's name as a field in its place: Enter and the tick give it, Escape and the cross leave the name it has.
import { isValidName, type TtError, toErrorRecord } from '@tt/protocol';
import { Check, X } from 'lucide-react';
import { type KeyboardEvent, type SyntheticEvent, useRef, useState } from 'react';
import { Form, Input, TextField } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { errorWords } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';

export interface SnapshotNameFieldProps {
  label: string;
  name: string;
  /** Below it, as long as there is nothing to say. */
  hint?: string;
  /** False where the keyboard belongs to something else, such as a guest. */
  takesFocus: boolean;
  /** Resolves with why it can't have this name. */
  give: (name: string) => Promise<TtError | null>;
  end: () => void;
}

export function SnapshotNameField({ label, name, hint = '', takesFocus, give, end }: SnapshotNameFieldProps) {
  const t = useWords();
  const language = useLanguage();
  const form = useRef<HTMLFormElement>(null);
  const [text, setText] = useState(name);
  const [error, setError] = useState<TtError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isInvalid = !isValidName(text);
  const submit = async () => {
    if (isInvalid || isBusy) return;
    setBusy(true);
    setError(null);
    const place = placeOf(form.current);
    const refused = await give(text);
    setBusy(false);
    setError(refused);
    // It may have taken a while: who works elsewhere by now keeps the focus.
    const active = document.activeElement;
    if (!refused && (active === document.body || form.current?.contains(active))) place?.focus();
  };
  const leave = () => {
    const place = placeOf(form.current);
    end();
    place?.focus();
  };
  // The list around it moves by the same keys.
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape') leave();
  };
  const words = error && errorWords(toErrorRecord(error), language).message;
  const problem = isInvalid ? t('newEnv.nameInvalid') : words;
  return (
    <Form
      ref={form}
      className="snapshot-naming"
      validationBehavior="aria"
      aria-label={label}
      // A click on the field is none on the row around it.
      onPointerDown={stop}
      onMouseDown={stop}
      onClick={stop}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextField
        aria-label={label}
        value={text}
        onChange={(typed) => {
          setText(typed);
          setError(null);
        }}
        isInvalid={problem !== null}
        isReadOnly={isBusy}
        autoFocus={takesFocus}
      >
        <Input
          className="input mono"
          spellCheck={false}
          onFocus={(event) => event.currentTarget.select()}
          onKeyDown={onKeyDown}
        />
      </TextField>
      <Button kind="quiet" size="small" type="submit" icon={Check} label={t('snapshots.giveName')} />
      <Button kind="quiet" size="small" icon={X} label={t('snapshots.keepName')} onPress={leave} />
      <div className="snapshot-naming-state" data-problem={problem !== null || undefined} role="status">
        <span>{problem ?? (isBusy ? t('snapshots.namedWhenWhole') : hint)}</span>
      </div>
    </Form>
  );
}

function stop(event: SyntheticEvent): void {
  event.stopPropagation();
}

/** What has the focus when the field is gone. */
function placeOf(form: HTMLElement | null): HTMLElement | null {
  return form?.closest<HTMLElement>('[role="row"], aside') ?? null;
}
