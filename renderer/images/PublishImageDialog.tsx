// Makes an image of a machine: of a stopped one as it is, or as it was at a snapshot.
import { imageNamePart, isValidImageName, parseImageName } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { emptyDraft, ImageForm, requestOf } from './ImageForm.tsx';

export interface PublishImageDialogProps {
  vmId: string;
  /** null: as it is now. */
  snapshotName: string | null;
}

export const PublishImageDialog = observer(function PublishImageDialog({
  vmId,
  snapshotName,
}: PublishImageDialogProps) {
  const { vms, images, view, link } = useStores();
  const t = useWords();
  const vm = vms.get(vmId);
  const [draft, setDraft] = useState(() => ({
    ...emptyDraft,
    // Of what it is made, and after what: a start to change.
    name: vm
      ? `qemu:${parseImageName(vm.image)?.os ?? imageNamePart(vm.image)}:${snapshotName ?? shortVmName(vm.name)}`
      : '',
  }));
  if (!vm) return null;
  const mustStop = snapshotName === null && vm.state !== 'stopped';
  const publish = () => {
    view.close();
    void images.publish(vm, snapshotName, { name: draft.name, ...requestOf(draft) });
  };
  return (
    <Dialog
      title={t('images.publishTitle', { vm: shortVmName(vm.name) })}
      width="normal"
      onClose={() => view.close()}
      foot={
        <>
          <Button onPress={() => view.close()}>{t('common.cancel')}</Button>
          <Button
            kind="primary"
            whyNot={firstReason({ mustStop, incomplete: !isValidImageName(draft.name), linkDown: !link.up })}
            onPress={publish}
          >
            {t('images.publish')}
          </Button>
        </>
      }
    >
      <p>{snapshotName === null ? t('images.publishNow') : t('images.publishThen', { snapshot: snapshotName })}</p>
      {mustStop && <p role="status">{t('images.publishStop')}</p>}
      <ImageForm draft={draft} onChange={setDraft} />
    </Dialog>
  );
});
