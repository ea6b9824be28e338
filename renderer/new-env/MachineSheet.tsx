// The frame of the sheets that compose machines (New ENV, Add machines): systems on the left, what is chosen in the middle,
// what-if on the right, a foot below. Ctrl-Enter submits from anywhere in it.
import { type TtError, toErrorRecord } from '@tt/protocol';
import { X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import type { KeyboardEvent, ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { type Action, runIfAllowed } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ChosenSystems } from './ChosenSystems.tsx';
import type { GroupsDraft } from './groups-draft.ts';
import { ImagePicker } from './ImagePicker.tsx';
import { WhatIfPane } from './WhatIfPane.tsx';

export interface MachineSheetProps {
  title: string;
  draft: GroupsDraft;
  error: TtError | null;
  /** What was requested, when there is an error. */
  errorTitle: string;
  /** What Ctrl-Enter does, as the button in the foot does; asked after a number that is being typed was taken. */
  submit: () => Pick<Action, 'label' | 'whyNot' | 'run'>;
  /** In its head. */
  tools?: ReactNode;
  /** In place of its columns; null: the columns. */
  body?: ReactNode;
  children: ReactNode;
}

export const MachineSheet = observer(function MachineSheet(props: MachineSheetProps) {
  const { title, draft, error, errorTitle, submit, tools, body = null, children } = props;
  const { view, toasts } = useStores();
  const t = useWords();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    commitTyped();
    runIfAllowed(submit(), (text) => toasts.explain(text));
  };
  return (
    <ModalOverlay className="scrim" isOpen isDismissable onOpenChange={(open) => !open && view.close()}>
      <Modal className="modal" data-width="sheet">
        <Dialog className="dialog sheet">
          <div className="sheet-keys" onKeyDownCapture={onKeyDown}>
            <header className="dialog-head">
              <Heading slot="title">{title}</Heading>
              {tools}
              <Button kind="quiet" size="small" icon={X} label={t('common.close')} onPress={() => view.close()} />
            </header>
            {body ?? (
              <div className="sheet-columns">
                <ImagePicker draft={draft} />
                <ChosenSystems draft={draft} />
                <WhatIfPane draft={draft} />
              </div>
            )}
            {error && (
              <div className="sheet-error">
                <ErrorNotice title={errorTitle} error={toErrorRecord(error)} />
              </div>
            )}
            {children}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
});

/** A number counts only when its field is left: what is being typed is meant too. */
function commitTyped(): void {
  const field = document.activeElement;
  if (!(field instanceof HTMLInputElement)) return;
  field.blur();
  field.focus();
}
