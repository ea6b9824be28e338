// A dialog with a form: Enter is enough, a failure stands below the fields and loses nothing that was typed.
import { type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type ReactNode, useId, useState } from 'react';
import { Form } from 'react-aria-components';
import type { FieldValues } from 'react-hook-form';
import type { Outcome } from '../activity/operation-store.ts';
import { firstReason, type WhyNot } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useStores } from '../state/stores-context.ts';
import type { FormState } from './use-form-of.ts';

export interface FormDialogProps<Values extends FieldValues, Request, Result> {
  title: string;
  /** On the button that does it. */
  verb: string;
  kind?: 'primary' | 'danger';
  width?: 'small' | 'normal' | 'large';
  form: FormState<Values, Request>;
  /** Why it can't be sent although each field is right. */
  whyNot?: WhyNot | null;
  /** Called instead of closing the dialog of the view, by Cancel and when it went well. */
  onClose?: () => void;
  /** False: it asks nothing of the agent, so that it can be sent while the link is down. Default: true. */
  needsLink?: boolean;
  submit: (request: Request) => Promise<Outcome<Result>>;
  /** Called with a failure: true when the form shows it itself, beside the field that caused it. */
  takeError?: (error: TtError) => boolean;
  /** It went well, and the dialog is closed: what is said in a toast. */
  done: (result: Result, request: Request) => string | null;
  children: ReactNode;
}

function FormDialogOf<Values extends FieldValues, Request, Result>(props: FormDialogProps<Values, Request, Result>) {
  const {
    title,
    verb,
    kind = 'primary',
    width = 'small',
    form,
    whyNot = null,
    needsLink = true,
    onClose,
    submit,
    takeError,
    done,
    children,
  } = props;
  const { view, toasts, link } = useStores();
  const id = useId();
  const [error, setError] = useState<TtError | null>(null);
  const close = onClose ?? (() => view.close());
  const { isValid, isSubmitting } = form.formState;
  const isCutOff = needsLink && !link.up;
  const reason = whyNot ?? firstReason({ incomplete: !isValid, linkDown: isCutOff });
  const send = form.handleSubmit(async (request) => {
    // Whether the fields are right was just asked again: the answer of the last drawing may not be there yet.
    if (whyNot !== null || isCutOff || isSubmitting) return;
    setError(null);
    const outcome = await submit(request);
    if (!outcome.ok) return takeError?.(outcome.error) ? undefined : setError(outcome.error);
    close();
    const text = done(outcome.value, request);
    if (text !== null) toasts.say(text);
  });
  return (
    <Dialog
      title={title}
      width={width}
      onClose={close}
      foot={
        <DialogFoot onCancel={close}>
          <Button kind={kind} type="submit" form={id} isBusy={isSubmitting} whyNot={reason}>
            {verb}
          </Button>
        </DialogFoot>
      }
    >
      <Form id={id} className="form" onSubmit={(event) => void send(event)}>
        {children}
        {error && <ErrorNotice error={toErrorRecord(error)} />}
      </Form>
    </Dialog>
  );
}

export const FormDialog = observer(FormDialogOf) as typeof FormDialogOf;
