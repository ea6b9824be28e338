// The feet of all dialogs: what else can be done at the left end, then Cancel, and at the right end what the dialog is for. Held by
// tools/dialog-feet.test.ts.
import type { ReactNode } from 'react';
import { useWords } from '../i18n/index.ts';
import { Button } from './Button.tsx';

export interface DialogFootProps {
  /** What can be done besides, or a step back. */
  aside?: ReactNode;
  onCancel: () => void;
  /** Cancel has the focus: whoever presses Enter without having read changes nothing. Default: false. */
  isCancelFirst?: boolean;
  /** The button that does what the dialog is for. */
  children: ReactNode;
}

export function DialogFoot({ aside, onCancel, isCancelFirst = false, children }: DialogFootProps) {
  const t = useWords();
  return (
    <>
      {aside}
      <span className="foot-verbs">
        {/* Another button when it comes to stand beside what deletes: it then takes the focus. */}
        <Button key={isCancelFirst ? 'first' : 'beside'} autoFocus={isCancelFirst} onPress={onCancel}>
          {t('common.cancel')}
        </Button>
        {children}
      </span>
    </>
  );
}

export interface CloseFootProps {
  aside?: ReactNode;
  /** Default: Close. */
  label?: string;
  onClose: () => void;
}

/** Of a dialog that only shows something, or does each thing at once. */
export function CloseFoot({ aside, label, onClose }: CloseFootProps) {
  const t = useWords();
  return (
    <>
      {aside}
      <span className="foot-verbs">
        <Button kind="primary" autoFocus onPress={onClose}>
          {label ?? t('common.close')}
        </Button>
      </span>
    </>
  );
}
