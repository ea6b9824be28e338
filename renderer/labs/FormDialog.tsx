// A dialog with a form: Enter is enough, a failure stands below the fields and loses nothing that was typed.
import { type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { Form } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useWords } from '../i18n/index.ts';
import type { Outcome } from '../activity/operation-store.ts';
import { useStores } from '../state/stores-context.ts';

export interface FormDialogProps {
  title: string;
  /** On the button that does it. */
  verb: string;
  kind?: 'primary' | 'danger';
  width?: 'small' | 'normal';
  /** Something typed is no value. */
  isInvalid?: boolean;
  /** The dialog closes when it went well. */
  submit: () => Promise<Outcome<unknown>>;
  /** Said in a toast then. */
  done: string;
  children: ReactNode;
}

export const FormDialog = observer(function FormDialog(props: FormDialogProps) {
  const { title, verb, kind = 'primary', width = 'small', isInvalid = false, submit, done, children } = props;
  const { view, toasts, link } = useStores();
  const t = useWords();
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    if (isInvalid || busy || !link.up) return;
    setBusy(true);
    setError(null);
    const outcome = await submit();
    setBusy(false);
    if (!outcome.ok) return setError(outcome.error);
    view.close();
    toasts.say(done);
  };
  return (
    <Dialog
      title={title}
      width={width}
      onClose={() => view.close()}
      foot={
        <>
          <Button onPress={() => view.close()}>{t('common.cancel')}</Button>
          <Button
            kind={kind}
            type="submit"
            form={id}
            isBusy={busy}
            whyNot={firstReason({ incomplete: isInvalid, linkDown: !link.up })}
          >
            {verb}
          </Button>
        </>
      }
    >
      <Form id={id} className="form" onSubmit={(event) => void onSubmit(event)}>
        {children}
        {error && <ErrorNotice error={toErrorRecord(error)} />}
      </Form>
    </Dialog>
  );
});
