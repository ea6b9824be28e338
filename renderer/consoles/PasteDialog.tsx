// "Paste as keystrokes": text in, progress while it is typed, a way to stop it.
import { observer } from 'mobx-react-lite';
import { useEffect, useMemo, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { Progress } from '../components/Progress.tsx';
import { useWords } from '../i18n/index.ts';
import type { TypeAsGuestReads } from './guest-keyboard.ts';
import { PasteRun, type Typist } from './paste-run.ts';
import { typable } from './us-keyboard.ts';

export interface PasteDialogProps {
  /** Short name of the machine. */
  vm: string;
  /** The screen of now. */
  screenOf: () => Typist | null;
  typeAsGuestReads: TypeAsGuestReads;
  onClose: () => void;
}

export const PasteDialog = observer(function PasteDialog({
  vm,
  screenOf,
  typeAsGuestReads,
  onClose,
}: PasteDialogProps) {
  const t = useWords();
  const [text, setText] = useState('');
  const run = useMemo(() => new PasteRun(typeAsGuestReads), [typeAsGuestReads]);
  const plan = useMemo(() => typable(text), [text]);
  useEffect(() => () => run.stop(), [run]);
  const typing = run.state === 'typing';
  const start = async () => {
    await run.type(text, screenOf());
    if (run.state === 'done') onClose();
  };
  return (
    <Dialog
      title={t('consoles.pasteTitle', { vm })}
      width="normal"
      onClose={onClose}
      foot={
        typing ? (
          <Button onPress={() => run.stop()}>{t('consoles.pasteStop')}</Button>
        ) : (
          <Button kind="primary" isDisabled={plan.characters.length === 0} onPress={() => void start()}>
            {t('consoles.pasteStart')}
          </Button>
        )
      }
    >
      <p>{t('consoles.pasteLead')}</p>
      <Field
        label={t('consoles.pasteText')}
        lines={8}
        mono
        autoFocus
        value={text}
        isDisabled={typing}
        onChange={setText}
      />
      {plan.untypable.length > 0 && (
        <p role="status" className="paste-untypable">
          {t('consoles.pasteUntypable', { characters: plan.untypable.slice(0, 20).join(' ') })}
        </p>
      )}
      {typing && (
        <div className="paste-progress">
          <Progress label={t('consoles.pasteTyping')} value={run.progress} />
          <span>{t('consoles.pasteProgress', run.progress)}</span>
        </div>
      )}
      {run.state === 'stopped' && <p role="status">{t('consoles.pasteStopped', run.progress)}</p>}
      {run.state === 'closed' && <p role="alert">{t('consoles.pasteLost', run.progress)}</p>}
      {run.state === 'unread' && <p role="alert">{t('consoles.pasteUnread', { vm, ...run.progress })}</p>}
      {run.error && <ErrorNotice error={run.error} title={t('consoles.pasteFailed', run.progress)} />}
    </Dialog>
  );
});
