// Makes a profile from an image, or changes one. Machines that run stay as they are.
import { isValidName, netKindSchema } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { CheckField } from '../components/CheckField.tsx';
import { ChoiceField } from '../components/ChoiceField.tsx';
import { Field } from '../components/Field.tsx';
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { Picker } from '../components/Picker.tsx';
import { useWords } from '../i18n/index.ts';
import { parsePorts, portsText } from '../machines/port-request.ts';
import { useStores } from '../state/stores-context.ts';
import { FormDialog } from './FormDialog.tsx';

const OF_HOST = 'host';

export const ProfileDialog = observer(function ProfileDialog({ name: known }: { name: string | null }) {
  const { images, labs } = useStores();
  const t = useWords();
  const profile = known === null ? undefined : labs.profiles.get(known);
  const ready = images.all.filter(({ state, kind }) => state === 'ready' && kind === 'disk');
  const [name, setName] = useState(known ?? '');
  const [title, setTitle] = useState(profile?.title ?? '');
  const [image, setImage] = useState(profile?.image ?? ready[0]?.name ?? '');
  const [cpuCount, setCpuCount] = useState<number | null>(profile?.spec.cpuCount ?? null);
  const [memoryMiB, setMemoryMiB] = useState<number | null>(profile?.spec.memoryMiB ?? null);
  const [diskMiB, setDiskMiB] = useState<number | null>(profile?.spec.diskMiB ?? null);
  const [netKind, setNetKind] = useState(profile?.spec.netKind ?? null);
  const [portText, setPortText] = useState(portsText(profile?.spec.ports ?? []));
  const [startScript, setStartScript] = useState(profile?.startScript ?? '');
  const [shared, setShared] = useState(profile?.shared ?? false);
  const [kept, setKept] = useState<number | null>(profile?.keptVersions ?? null);
  const ports = parsePorts(portText);
  const nameError = name === '' || isValidName(name) ? null : t('newEnv.nameInvalid');
  const size = {
    ...(cpuCount !== null && { cpuCount }),
    ...(memoryMiB !== null && { memoryMiB }),
    ...(diskMiB !== null && { diskMiB }),
    ...(kept !== null && { keptVersions: kept }),
  };
  const spec = { name, title, netKind, ports: ports ?? [], startScript, shared, ...size };
  return (
    <FormDialog
      title={profile ? t('labs.editProfileTitle', { profile: profile.name }) : t('labs.newProfile')}
      verb={profile ? t('common.save') : t('labs.make')}
      width="normal"
      isInvalid={!isValidName(name) || ports === null || image === ''}
      submit={() => (profile ? labs.updateProfile(spec) : labs.createProfile({ ...spec, image }))}
      done={t('labs.saved', { name })}
    >
      <Field
        label={t('labs.name')}
        value={name}
        onChange={setName}
        error={nameError}
        isDisabled={!!profile}
        mono
        autoFocus
      />
      <Field label={t('labs.titleField')} value={title} onChange={setTitle} />
      <Picker
        label={t('labs.image')}
        value={image}
        options={(profile ? [profile.image] : ready.map((candidate) => candidate.name)).map((value) => ({
          value,
          label: value,
        }))}
        onChange={setImage}
        isDisabled={!!profile}
      />
      <div className="change-fields">
        <OptionalNumber label={t('machines.cpu')} value={cpuCount} onChange={setCpuCount} min={1} max={64} />
        <OptionalNumber
          label={t('machines.memory')}
          value={memoryMiB}
          onChange={setMemoryMiB}
          min={1}
          max={1_048_576}
        />
        <OptionalNumber label={t('machines.disk')} value={diskMiB} onChange={setDiskMiB} min={1} max={67_108_864} />
        <OptionalNumber label={t('labs.keptVersions')} value={kept} onChange={setKept} min={1} max={50} />
      </div>
      <ChoiceField
        label={t('labs.network')}
        value={netKind ?? OF_HOST}
        options={[
          { value: OF_HOST, label: t('labs.networkOfHost') },
          ...netKindSchema.options.map((kind) => ({ value: kind, label: kind })),
        ]}
        onChange={(kind) => setNetKind(kind === OF_HOST ? null : kind)}
      />
      <Field
        label={t('machines.ports')}
        hint={t('machines.portsHint')}
        placeholder="80, 53/udp"
        value={portText}
        onChange={setPortText}
        error={ports === null ? t('machines.portsInvalid') : null}
        mono
      />
      <Field
        label={t('labs.startScript')}
        hint={t('labs.startScriptHint')}
        value={startScript}
        onChange={setStartScript}
        lines={3}
        mono
      />
      <CheckField label={t('labs.shared')} hint={t('labs.sharedHint')} value={shared} onChange={setShared} />
    </FormDialog>
  );
});
