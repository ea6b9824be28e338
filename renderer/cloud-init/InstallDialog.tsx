// Install from ISO: a new ENV with one machine that has an empty disk and a medium in its drive; then its console opens.
import { isValidName, type PlainSpec, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form, Label, Radio, RadioGroup } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { ChoiceField } from '../components/ChoiceField.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const InstallDialog = observer(function InstallDialog({ medium: chosen }: { medium: string | null }) {
  const { envs, vms, images, view, link } = useStores();
  const t = useWords();
  const media = images.all.filter(({ kind, state }) => kind === 'iso' && state === 'ready').map(({ name }) => name);
  const [name, setName] = useState('install');
  const [medium, setMedium] = useState(chosen ?? media[0] ?? '');
  const [firmware, setFirmware] = useState<PlainSpec['firmware']>('bios');
  const [diskMiB, setDiskMiB] = useState<number | null>(8192);
  const [memoryMiB, setMemoryMiB] = useState<number | null>(1024);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const nameError = isValidName(name) ? null : t('newEnv.nameInvalid');
  const ready = nameError === null && media.includes(medium) && link.up;
  const install = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    setError(null);
    const group = {
      medium,
      firmware,
      ...(diskMiB === null ? {} : { diskMiB }),
      ...(memoryMiB === null ? {} : { memoryMiB }),
    };
    const outcome = await envs.createEnv({ name, groups: [group] });
    setBusy(false);
    if (!outcome.ok) return setError(outcome.error);
    view.close();
    const [vm] = vms.ofEnv(name);
    if (vm) view.go({ page: 'console', envName: name, vmId: vm.id });
  };
  return (
    <Dialog
      title={t('cloudInit.installTitle')}
      onClose={() => view.close()}
      foot={
        <>
          <Button onPress={() => view.close()}>{t('common.cancel')}</Button>
          <Button
            kind="primary"
            type="submit"
            form="install"
            isBusy={busy}
            whyNot={ready ? null : (link.whyNot ?? 'incomplete')}
          >
            {t('cloudInit.installNow')}
          </Button>
        </>
      }
    >
      <Form id="install" className="form" onSubmit={(event) => void install(event)}>
        <p className="field-hint">{t('cloudInit.installText')}</p>
        <Field label={t('cloudInit.envName')} value={name} onChange={setName} error={nameError} mono autoFocus />
        {media.length === 0 ? (
          <p className="field-error">{t('disks.noMedia')}</p>
        ) : (
          <RadioGroup className="radios" value={medium} onChange={setMedium}>
            <Label className="field-label">{t('cloudInit.medium')}</Label>
            {media.map((one) => (
              <Radio key={one} value={one} className="radio mono">
                {one}
              </Radio>
            ))}
          </RadioGroup>
        )}
        <ChoiceField<PlainSpec['firmware']>
          label={t('disks.choices.firmware')}
          value={firmware}
          options={[
            { value: 'bios', label: 'BIOS' },
            { value: 'uefi', label: 'UEFI' },
          ]}
          onChange={setFirmware}
        />
        <OptionalNumber
          label={t('cloudInit.diskSize')}
          value={diskMiB}
          onChange={setDiskMiB}
          min={1}
          max={67_108_864}
          placeholder="8192"
        />
        <OptionalNumber
          label={t('cloudInit.memorySize')}
          value={memoryMiB}
          onChange={setMemoryMiB}
          min={1}
          max={1_048_576}
          placeholder="1024"
        />
        {error && <ErrorNotice error={toErrorRecord(error)} />}
      </Form>
    </Dialog>
  );
});
