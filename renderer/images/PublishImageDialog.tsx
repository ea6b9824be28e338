// Publishes a machine as an image: a stopped one as it is now, or any machine at a snapshot.
import { automaticSnapshot, imageNamePart, parseImageName, type Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Form } from 'react-aria-components';
import { z } from 'zod';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { useFormOf } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { emptyImage, ImageForm, imageFields, requestOf } from './ImageForm.tsx';

const publishForm = z.object(imageFields);

export interface PublishImageDialogProps {
  vmId: string;
  /** null: as it is now. */
  snapshotName: string | null;
}

export const PublishImageDialog = observer(function PublishImageDialog(props: PublishImageDialogProps) {
  const vm = useStores().vms.get(props.vmId);
  return vm ? <PublishForm vm={vm} snapshotName={props.snapshotName} /> : null;
});

const PublishForm = observer(function PublishForm({ vm, snapshotName }: { vm: Vm; snapshotName: string | null }) {
  const { images, view, link } = useStores();
  const t = useWords();
  const form = useFormOf(publishForm, {
    ...emptyImage,
    // Of what it is made, and after what: a start to change.
    name: `qemu:${parseImageName(vm.image)?.os ?? imageNamePart(vm.image)}:${chosenName(snapshotName) ?? shortVmName(vm.name)}`,
  });
  const mustStop = snapshotName === null && vm.state !== 'stopped';
  const publish = form.handleSubmit((values) => {
    if (mustStop || !link.up) return;
    view.close();
    void images.publish(vm, snapshotName, { name: values.name, ...requestOf(values) });
  });
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
            type="submit"
            form="publish-image"
            whyNot={firstReason({ mustStop, incomplete: !form.formState.isValid, linkDown: !link.up })}
          >
            {t('images.publish')}
          </Button>
        </>
      }
    >
      <Form id="publish-image" className="form" onSubmit={(event) => void publish(event)}>
        <p>{snapshotName === null ? t('images.publishNow') : t('images.publishThen', { snapshot: snapshotName })}</p>
        {mustStop && <p role="status">{t('images.publishStop')}</p>}
        <ImageForm control={form.control} />
      </Form>
    </Dialog>
  );
});

/** A name that nobody chose names no image. */
function chosenName(snapshotName: string | null): string | null {
  return snapshotName !== null && automaticSnapshot(snapshotName) === null ? snapshotName : null;
}
