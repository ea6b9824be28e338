// New ENV on one sheet: systems on the left, what is chosen in the middle, what-if on the right, name and
// lifetime at the foot. By keyboard: N, type, Tab, Ctrl-Enter.
import { type TtError, toErrorRecord } from '@tt/protocol';
import { X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { type KeyboardEvent, useState } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ChosenSystems } from './ChosenSystems.tsx';
import { createFromDraft } from './create-from-draft.ts';
import { ImagePicker } from './ImagePicker.tsx';
import { NewEnvFoot } from './NewEnvFoot.tsx';
import { NewEnvDraft } from './new-env-draft.ts';
import { WhatIfPane } from './WhatIfPane.tsx';

export const NewEnvSheet = observer(function NewEnvSheet({ kept }: { kept: NewEnvDraft | null }) {
  const stores = useStores();
  const { view, images, envs, link } = stores;
  const t = useWords();
  const [draft] = useState(() => kept ?? new NewEnvDraft(images, () => envs.all.map(({ name }) => name)));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const create = async () => {
    if (busy || !link.up || draft.groups.length === 0) return;
    setBusy(true);
    setError(null);
    const failed = await createFromDraft(stores, draft);
    setBusy(false);
    setError(failed);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    void create();
  };
  return (
    <ModalOverlay className="scrim" isOpen isDismissable onOpenChange={(open) => !open && view.close()}>
      <Modal className="modal" data-width="sheet">
        <Dialog className="dialog sheet">
          <div className="sheet-keys" onKeyDownCapture={onKeyDown}>
            <header className="dialog-head">
              <Heading slot="title">{t('newEnv.title')}</Heading>
              <Button kind="quiet" size="small" icon={X} label={t('common.close')} onPress={() => view.close()} />
            </header>
            <div className="sheet-columns">
              <ImagePicker draft={draft} />
              <ChosenSystems draft={draft} />
              <WhatIfPane draft={draft} />
            </div>
            {error && (
              <div className="sheet-error">
                <ErrorNotice title={t('newEnv.failed', { env: draft.name })} error={toErrorRecord(error)} />
              </div>
            )}
            <NewEnvFoot draft={draft} busy={busy} onCreate={() => void create()} />
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
});
