// Install from ISO: a new ENV with one machine that has an empty disk and a medium in its drive; then its console opens.
import { newMachineFields, type PlainSpec, plainFields } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { z } from 'zod';
import { Radios } from '../components/Radios.tsx';
import { ChoiceOf, NumberOf, TextOf, useFieldOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { limitsOf } from '../forms/limits.ts';
import { type FormState, nameField, useFormOf } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

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
  const { envs, vms, images, view } = useStores();
  const t = useWords();
  const media = images.all.filter(({ kind, state }) => kind === 'iso' && state === 'ready').map(({ name }) => name);
  const form = useFormOf(installForm, {
    name: 'install',
    medium: chosen ?? media[0] ?? '',
    firmware: 'bios',
    diskMiB: 8192,
    memoryMiB: 1024,
  });
  const { control } = form;
  return (
    <FormDialog
      title={t('cloudInit.installTitle')}
      verb={t('cloudInit.installNow')}
      form={form}
      // One that was chosen may be gone meanwhile.
      whyNot={media.includes(form.watch('medium')) ? null : 'incomplete'}
      submit={(request) => envs.createEnv(request)}
      done={(_, { name }) => {
        const [vm] = vms.ofEnv(name);
        if (vm) view.go({ page: 'console', envName: name, vmId: vm.id });
        return null;
      }}
    >
      <p className="field-hint">{t('cloudInit.installText')}</p>
      <TextOf control={control} name="name" label={t('cloudInit.envName')} mono autoFocus />
      <MediumRadios control={control} media={media} />
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
        placeholder="8192"
        {...limitsOf(newMachineFields.diskMiB)}
      />
      <NumberOf
        control={control}
        name="memoryMiB"
        label={t('cloudInit.memorySize')}
        placeholder="1024"
        {...limitsOf(newMachineFields.memoryMiB)}
      />
    </FormDialog>
  );
});

function MediumRadios({ control, media }: Pick<FormState<InstallValues>, 'control'> & { media: readonly string[] }) {
  const t = useWords();
  const { value, onChange } = useFieldOf<InstallValues, string>({ control, name: 'medium' });
  if (media.length === 0) return <p className="field-error">{t('disks.noMedia')}</p>;
  return (
    <Radios
      label={t('cloudInit.medium')}
      isLabelShown
      options={media.map((one) => ({ value: one, label: one, mono: true }))}
      value={value}
      onChange={onChange}
    />
  );
}
