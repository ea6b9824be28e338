// Asks as which user of the guest another shell is opened.
import { guestUser } from '@tt/protocol';
import { useId, useState } from 'react';
import { Form } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';

export interface ShellUserDialogProps {
  /** Short name of the machine. */
  vm: string;
  onOpen: (user: string) => void;
  onClose: () => void;
}

export function ShellUserDialog({ vm, onOpen, onClose }: ShellUserDialogProps) {
  const t = useWords();
  const id = useId();
  const [user, setUser] = useState('');
  const isUser = guestUser.safeParse(user).success;
  const open = () => {
    if (!isUser) return;
    onClose();
    onOpen(user);
  };
  return (
    <Dialog
      title={t('textConsoles.shell.openIn', { vm })}
      onClose={onClose}
      foot={
        <DialogFoot onCancel={onClose}>
          <Button
            kind="primary"
            type="submit"
            form={id}
            whyNot={firstReason({ incomplete: user === '', mistake: !isUser })}
          >
            {t('textConsoles.shell.openNow')}
          </Button>
        </DialogFoot>
      }
    >
      <Form
        id={id}
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          open();
        }}
      >
        <Field
          label={t('textConsoles.shell.user')}
          mono
          autoFocus
          value={user}
          error={user === '' || isUser ? null : t('textConsoles.shell.userInvalid')}
          onChange={setUser}
        />
      </Form>
    </Dialog>
  );
}
