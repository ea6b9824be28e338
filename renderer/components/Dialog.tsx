// A small modal dialog: title, content, foot with buttons. Controlled: it is open while it is mounted.
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import { Button } from './Button.tsx';

export interface DialogProps {
  title: string;
  children: ReactNode;
  /** Buttons at the foot, the primary one last. */
  foot?: ReactNode;
  width?: 'small' | 'normal' | 'large';
  /** alertdialog: asks before something that can't be undone. */
  role?: 'dialog' | 'alertdialog';
  onClose: () => void;
}

export function Dialog({ title, children, foot, width = 'small', role = 'dialog', onClose }: DialogProps) {
  const t = useWords();
  return (
    <ModalOverlay className="scrim" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="modal" data-width={width}>
        <AriaDialog className="dialog" role={role}>
          <header className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <Button kind="quiet" size="small" icon={X} label={t('common.close')} onPress={onClose} />
          </header>
          <div className="dialog-body">{children}</div>
          {foot !== undefined && <footer className="dialog-foot">{foot}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
