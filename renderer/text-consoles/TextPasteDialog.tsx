// Asks before many lines are pasted, and takes text where the browser does not let the clipboard be read.
import { useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { Field } from '../components/Field.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { MOST_PASTED_CHARACTERS, planPaste } from './paste-plan.ts';

export interface TextPasteDialogProps {
  /** Short name of the machine. */
  vm: string;
  text: string;
  /** With what planPaste has made of the text. */
  onPaste: (text: string) => void;
  onClose: () => void;
}

export function TextPasteDialog({ vm, text: given, onPaste, onClose }: TextPasteDialogProps) {
  const t = useWords();
  const format = useFormat();
  const [text, setText] = useState(given);
  const plan = planPaste(text, false);
  const start = () => {
    onPaste(plan.text);
    onClose();
  };
  return (
    <Dialog
      title={t('textConsoles.pasteTitle', { vm })}
      width="normal"
      onClose={onClose}
      foot={
        <DialogFoot onCancel={onClose}>
          <Button
            kind="primary"
            whyNot={firstReason({ incomplete: plan.text === '', mistake: plan.tooLong })}
            onPress={start}
          >
            {t('textConsoles.pasteStart')}
          </Button>
        </DialogFoot>
      }
    >
      <p>{t('textConsoles.pasteLead')}</p>
      <Field
        label={t('textConsoles.pasteText')}
        lines={8}
        mono
        autoFocus
        value={text}
        error={plan.tooLong ? t('textConsoles.pasteTooLong', { limit: format.number(MOST_PASTED_CHARACTERS) }) : null}
        onChange={setText}
      />
      <p role="status" className="muted">
        {plan.text !== '' && t('textConsoles.pasteLines', { count: plan.lines })}{' '}
        {plan.leftOut > 0 && t('textConsoles.pasteLeftOut', { count: plan.leftOut })}
      </p>
    </Dialog>
  );
}
