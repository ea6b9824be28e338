// Install from ISO, in three steps: the medium, the machine, and what comes then. A new ENV with one machine that has an empty disk and
// the medium in its drive; then its console opens.
import { newMachineFields, type PlainSpec, plainFields, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { z } from 'zod';
import { ActionButton } from '../components/ActionButton.tsx';
import { firstReason } from '../components/action.ts';
import { GuidedSheet, GuideSummary } from '../components/GuidedSheet.tsx';
import { Radios } from '../components/Radios.tsx';
import { ChoiceOf, NumberOf, TextOf, useFieldOf } from '../forms/fields.tsx';
import { limitsOf } from '../forms/limits.ts';
import { type FormState, nameField, useFormOf } from '../forms/use-form-of.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { newImageActions } from '../images/actions.ts';
import { useStores } from '../state/stores-context.ts';

const DISK_MIB = 8192;
const MEMORY_MIB = 1024;

const installForm = z
  .object({
    name: nameField,
    medium: z.string().min(1),
    firmware: plainFields.firmware.schema,
    diskMiB: z.number().nullable(),
    memoryMiB: z.number().nullable(),
  })
  .transform(({ name, medium, firmware, diskMiB, memoryMiB }) => ({
    name,
    groups: [
      { medium, firmware, ...(diskMiB === null ? {} : { diskMiB }), ...(memoryMiB === null ? {} : { memoryMiB }) },
    ],
  }));
type InstallValues = z.input<typeof installForm>;

export const InstallDialog = observer(function InstallDialog({ medium: chosen }: { medium: string | null }) {
  const { envs, vms, images, view, link } = useStores();
  const t = useWords();
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const media = images.all.filter(({ kind, state }) => kind === 'iso' && state === 'ready').map(({ name }) => name);
  const form = useFormOf(installForm, {
    name: 'install',
    medium: chosen ?? media[0] ?? '',
    firmware: 'bios',
    diskMiB: DISK_MIB,
    memoryMiB: MEMORY_MIB,
  });
  const { control } = form;
  const values = form.watch();
  const finish = form.handleSubmit(async (request) => {
    if (busy || !link.up) return;
    setBusy(true);
    setError(null);
    const outcome = await envs.createEnv(request);
    setBusy(false);
    if (!outcome.ok) return setError(outcome.error);
    view.close();
    const [vm] = vms.ofEnv(request.name);
    if (vm) view.go({ page: 'console', envName: request.name, vmId: vm.id });
  });
  return (
    <GuidedSheet
      title={t('cloudInit.installTitle')}
      verb={t('cloudInit.installNow')}
      // A medium was chosen before it was asked.
      beginAt={chosen === null ? 0 : 1}
      whyNot={link.whyNot}
      isBusy={busy}
      error={error && toErrorRecord(error)}
      onClose={() => view.close()}
      onFinish={() => void finish()}
      steps={[
        {
          id: 'medium',
          title: t('cloudInit.medium'),
          // One that was chosen may be gone meanwhile.
          whyNot: firstReason({ noMedia: media.length === 0, incomplete: !media.includes(values.medium) }),
          content: <MediumRadios control={control} media={media} />,
        },
        {
          id: 'machine',
          title: t('cloudInit.guide.machine'),
          whyNot: firstReason({
            mistake: envs.get(values.name) !== undefined,
            incomplete: !form.formState.isValid,
          }),
          content: (
            <MachineFields
              control={control}
              nameError={envs.get(values.name) === undefined ? null : t('newEnv.nameTaken', { env: values.name })}
            />
          ),
        },
        {
          id: 'check',
          title: t('cloudInit.guide.afterwards'),
          whyNot: null,
          content: (
            <>
              <GuideSummary
                facts={[
                  [t('cloudInit.medium'), values.medium],
                  [t('cloudInit.envName'), values.name],
                  [t('cloudInit.guide.disk'), format.mebibytes(values.diskMiB ?? DISK_MIB)],
                  [t('cloudInit.guide.memory'), format.mebibytes(values.memoryMiB ?? MEMORY_MIB)],
                ]}
              />
              <ol className="guide-then">
                <li>{t('cloudInit.guide.thenConsole')}</li>
                <li>{t('cloudInit.guide.thenBoot')}</li>
                <li>{t('cloudInit.guide.thenPublish')}</li>
              </ol>
            </>
          ),
        },
      ]}
    />
  );
});

function MachineFields({
  control,
  nameError,
}: Pick<FormState<InstallValues>, 'control'> & { nameError: string | null }) {
  const t = useWords();
  return (
    <>
      <TextOf control={control} name="name" label={t('cloudInit.envName')} mono autoFocus />
      {nameError !== null && (
        <p className="field-error" role="alert">
          {nameError}
        </p>
      )}
      <ChoiceOf<InstallValues, PlainSpec['firmware']>
        control={control}
        name="firmware"
        label={t('disks.choices.firmware')}
        options={[
          { value: 'bios', label: 'BIOS' },
          { value: 'uefi', label: 'UEFI' },
        ]}
      />
      <NumberOf
        control={control}
        name="diskMiB"
        label={t('cloudInit.diskSize')}
        placeholder={String(DISK_MIB)}
        {...limitsOf(newMachineFields.diskMiB)}
      />
      <NumberOf
        control={control}
        name="memoryMiB"
        label={t('cloudInit.memorySize')}
        placeholder={String(MEMORY_MIB)}
        {...limitsOf(newMachineFields.memoryMiB)}
      />
    </>
  );
}

const MediumRadios = observer(function MediumRadios({
  control,
  media,
}: Pick<FormState<InstallValues>, 'control'> & { media: readonly string[] }) {
  const stores = useStores();
  const t = useWords();
  const { value, onChange } = useFieldOf<InstallValues, string>({ control, name: 'medium' });
  const bring = newImageActions(stores, t).import;
  return (
    <>
      <p className="field-hint">{t('cloudInit.installText')}</p>
      {media.length === 0 ? (
        <p className="field-error">{t('disks.noMedia')}</p>
      ) : (
        <Radios
          label={t('cloudInit.medium')}
          isLabelShown
          options={media.map((one) => ({ value: one, label: one, mono: true }))}
          value={value}
          onChange={onChange}
        />
      )}
      <div className="guide-hint">
        <p>{t('cloudInit.guide.otherMedium')}</p>
        <ActionButton action={bring} size="small" />
      </div>
    </>
  );
});
