// Publishes a machine as an image, in three steps: which state of it, how the image is called, and what will be done.
import { automaticSnapshot, imageNamePart, isValidImageName, parseImageName, type Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { z } from 'zod';
import { ActionButton } from '../components/ActionButton.tsx';
import { firstReason } from '../components/action.ts';
import { GuidedSheet, GuideSummary } from '../components/GuidedSheet.tsx';
import { Radios } from '../components/Radios.tsx';
import { useFormOf } from '../forms/use-form-of.ts';
import { snapshotLabel, useWords } from '../i18n/index.ts';
import { vmActions } from './actions.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { emptyImage, ImageForm, imageFields, requestOf } from '../images/ImageForm.tsx';

const publishForm = z.object(imageFields);

/** No snapshot has this name: names have no spaces. */
const AS_IT_IS = 'as it is';

export interface PublishImageDialogProps {
  vmId: string;
  /** null: as it is now. */
  snapshotName: string | null;
}

export const PublishImageDialog = observer(function PublishImageDialog(props: PublishImageDialogProps) {
  const vm = useStores().vms.get(props.vmId);
  return vm ? <PublishGuide vm={vm} snapshotName={props.snapshotName} /> : null;
});

const PublishGuide = observer(function PublishGuide({
  vm,
  snapshotName: given,
}: {
  vm: Vm;
  snapshotName: string | null;
}) {
  const { images, imports, snapshots, view, link } = useStores();
  const t = useWords();
  const [state, setState] = useState(given ?? AS_IT_IS);
  const snapshotName = state === AS_IT_IS ? null : state;
  const form = useFormOf(publishForm, {
    ...emptyImage,
    // Of what it is made, and after what: a start to change.
    name: `qemu:${parseImageName(vm.image)?.os ?? imageNamePart(vm.image)}:${chosenName(given) ?? shortVmName(vm.name)}`,
  });
  const values = form.watch();
  const having = snapshots.ofEnv(vm.envName).filter(({ vms }) => vms.some((one) => one.vmId === vm.id && !one.removed));
  const isGone = snapshotName !== null && !having.some(({ name }) => name === snapshotName);
  const mustStop = snapshotName === null && vm.state !== 'stopped';
  const isTaken = images.isThere(values.name) || imports.isTaken(values.name);
  const options = [
    { value: AS_IT_IS, label: t('images.guide.now') },
    ...having.map(({ name }) => ({ value: name, label: snapshotLabel(name), mono: automaticSnapshot(name) === null })),
  ];
  const finish = form.handleSubmit((checked) => {
    if (mustStop || isGone || !link.up) return;
    view.close();
    void images.publish(vm, snapshotName, { name: checked.name, ...requestOf(checked) });
  });
  return (
    <GuidedSheet
      title={t('images.publishTitle', { vm: shortVmName(vm.name) })}
      verb={t('images.publish')}
      // A snapshot was chosen before it was asked.
      beginAt={given === null ? 0 : 1}
      whyNot={link.whyNot}
      onClose={() => view.close()}
      onFinish={() => void finish()}
      steps={[
        {
          id: 'state',
          title: t('images.guide.state'),
          whyNot: firstReason({ mustStop, incomplete: isGone }),
          content: (
            <>
              <Radios
                label={t('images.guide.which')}
                isLabelShown
                options={options}
                value={state}
                onChange={setState}
              />
              <p className="field-hint">
                {snapshotName === null ? t('images.publishNow') : t('images.publishThen', { snapshot: snapshotName })}
              </p>
              {mustStop && <MustStop vm={vm} />}
            </>
          ),
        },
        {
          id: 'name',
          title: t('images.guide.name'),
          whyNot: firstReason({
            mistake: isTaken,
            incomplete: !isValidImageName(values.name) || !form.formState.isValid,
          }),
          content: (
            <>
              <ImageForm control={form.control} isNameFirst />
              {isTaken && <p role="alert">{t('images.guide.taken', { image: values.name })}</p>}
            </>
          ),
        },
        {
          id: 'check',
          title: t('images.guide.check'),
          whyNot: null,
          content: (
            <>
              <GuideSummary
                facts={[
                  [t('images.guide.machine'), vm.name],
                  [
                    t('images.guide.state'),
                    snapshotName === null ? t('images.guide.now') : snapshotLabel(snapshotName),
                  ],
                  [t('images.name'), values.name],
                  ...(values.memo === '' ? [] : [[t('images.memo'), values.memo] as const]),
                ]}
              />
              <p className="muted">{t('images.guide.publishThen')}</p>
            </>
          ),
        },
      ]}
    />
  );
});

const MustStop = observer(function MustStop({ vm }: { vm: Vm }) {
  const stores = useStores();
  const t = useWords();
  const { stop } = vmActions(stores, vm, t);
  return (
    <div className="guide-hint" role="status">
      <p>{t('images.publishStop')}</p>
      <ActionButton action={stop} size="small" />
    </div>
  );
});

/** A name that nobody chose names no image. */
function chosenName(snapshotName: string | null): string | null {
  return snapshotName !== null && automaticSnapshot(snapshotName) === null ? snapshotName : null;
}
