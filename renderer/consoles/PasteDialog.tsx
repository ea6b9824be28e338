// "Paste as keystrokes": text in, progress while it is typed, a way to stop it.
import { type KeyboardLayout, keyboardLayouts } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect, useMemo, useState } from 'react';
import { firstReason, runIfAllowed } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { Kbd } from '../components/Kbd.tsx';
import { Picker } from '../components/Picker.tsx';
import { Progress } from '../components/Progress.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { TypeAsGuestReads } from './guest-keyboard.ts';
import { PasteRun, type Typist } from './paste-run.ts';
import { typable } from './typed-characters.ts';

export interface PasteDialogProps {
  /** Short name of the machine. */
  vm: string;
  /** The screen of now. */
  screenOf: () => Typist | null;
  typeAsGuestReads: TypeAsGuestReads;
  /** Of the guest. */
  layout: KeyboardLayout;
  onLayout: (layout: KeyboardLayout) => void;
  onClose: () => void;
}

export const PasteDialog = observer(function PasteDialog({
  vm,
  screenOf,
  typeAsGuestReads,
  layout,
  onLayout,
  onClose,
}: PasteDialogProps) {
  const { toasts } = useStores();
  const t = useWords();
  const [text, setText] = useState('');
  const run = useMemo(() => new PasteRun(typeAsGuestReads), [typeAsGuestReads]);
  const plan = useMemo(() => typable(text, layout), [text, layout]);
  useEffect(() => () => run.stop(), [run]);
  const typing = run.state === 'typing';
  const start = async () => {
    await run.type(text, screenOf(), layout);
    if (run.state === 'done') onClose();
  };
  const close = () => {
    // Esc and Cancel take nothing back: a part has been typed.
    if (typing) toasts.explain(t('consoles.pasteStopped', run.progress));
    onClose();
  };
  const paste = {
    label: t('consoles.pasteStart'),
    whyNot: firstReason({ incomplete: plan.characters.length === 0, underway: typing }),
    run: () => void start(),
  };
  return (
    <Dialog
      title={t('consoles.pasteTitle', { vm })}
      width="normal"
      onClose={close}
      foot={
        <DialogFoot onCancel={close}>
          {typing ? (
            <Button onPress={() => run.stop()}>{t('consoles.pasteStop')}</Button>
          ) : (
            <Button kind="primary" whyNot={paste.whyNot} onPress={paste.run}>
              {paste.label}
              <Kbd keys="Ctrl-Enter" />
            </Button>
          )}
        </DialogFoot>
      }
    >
      <p>{t('consoles.pasteLead')}</p>
      <Picker
        label={t('consoles.pasteLayout')}
        value={layout}
        options={keyboardLayouts.map((value) => ({ value, label: t(`consoles.layouts.${value}`) }))}
        whyNot={firstReason({ underway: typing })}
        onChange={(value) => onLayout(keyboardLayouts.find((one) => one === value) ?? 'us')}
      />
      <Field
        label={t('consoles.pasteText')}
        lines={8}
        mono
        autoFocus
        value={text}
        whyNot={firstReason({ underway: typing })}
        onChange={setText}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
            runIfAllowed(paste, (why) => toasts.explain(why));
        }}
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
