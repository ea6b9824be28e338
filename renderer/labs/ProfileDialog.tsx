// Creates a profile from an image, or changes one. Running machines are not affected.
import { netKindSchema, type Profile, profileFields, titleSchema } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { z } from 'zod';
import { WaitingDialog } from '../components/WaitingDialog.tsx';
import { CheckOf, ChoiceOf, NumberOf, PickerOf, TextOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { limitsOf } from '../forms/limits.ts';
import { nameField, useFormOf, word } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import { parsePorts, portsText } from '../machines/port-request.ts';
import { useStores } from '../state/stores-context.ts';
import { useWhole } from '../state/use-whole.ts';

const OF_HOST = 'host';

const profileForm = z
  .object({
    name: nameField,
    title: titleSchema,
    image: z.string().min(1),
    cpuCount: z.number().nullable(),
    memoryMiB: z.number().nullable(),
    diskMiB: z.number().nullable(),
    keptVersions: z.number().nullable(),
    netKind: z.enum([OF_HOST, ...netKindSchema.options]),
    ports: z.string().refine((text) => parsePorts(text) !== null, word('machines.portsInvalid')),
    startScript: profileFields.startScript.unwrap(),
    shared: z.boolean(),
  })
  .transform(({ name, title, image, netKind, ports, startScript, shared, ...numbers }) => ({
    image,
    spec: {
      name,
      title,
      startScript,
      shared,
      netKind: netKind === OF_HOST ? null : netKind,
      ports: parsePorts(ports) ?? [],
      ...given(numbers),
    },
  }));

type ProfileValues = z.input<typeof profileForm>;

/** Without what was left empty. */
function given<Key extends string>(numbers: Record<Key, number | null>): Partial<Record<Key, number>> {
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== null)) as Partial<
    Record<Key, number>
  >;
}

export const ProfileDialog = observer(function ProfileDialog({ name }: { name: string | null }) {
  const { labs } = useStores();
  const profile = name === null ? undefined : labs.profiles.get(name);
  return profile ? <ChangeDialog profile={profile} /> : <ProfileForm known={name} />;
});

/** Saving sends the start script too, so it must be there first. */
const ChangeDialog = observer(function ChangeDialog({ profile }: { profile: Profile }) {
  const { labs, view } = useStores();
  const t = useWords();
  const { whole, error } = useWhole(profile, labs.wholeProfile);
  if (whole) return <ProfileForm known={profile.name} profile={whole} />;
  const title = t('labs.editProfileTitle', { profile: profile.name });
  return <WaitingDialog title={title} error={error} onClose={() => view.close()} />;
});

const ProfileForm = observer(function ProfileForm({ known, profile }: { known: string | null; profile?: Profile }) {
  const { images, labs } = useStores();
  const t = useWords();
  const ready = images.all.filter(({ state, kind }) => state === 'ready' && kind === 'disk');
  const form = useFormOf(profileForm, {
    name: known ?? '',
    title: profile?.title ?? '',
    image: profile?.image ?? ready[0]?.name ?? '',
    cpuCount: profile?.spec.cpuCount ?? null,
    memoryMiB: profile?.spec.memoryMiB ?? null,
    diskMiB: profile?.spec.diskMiB ?? null,
    keptVersions: profile?.keptVersions ?? null,
    netKind: profile?.spec.netKind ?? OF_HOST,
    ports: portsText(profile?.spec.ports ?? []),
    startScript: profile?.startScript ?? '',
    shared: profile?.shared ?? false,
  });
  const { control } = form;
  const imageNames = profile ? [profile.image] : ready.map(({ name }) => name);
  return (
    <FormDialog
      title={profile ? t('labs.editProfileTitle', { profile: profile.name }) : t('labs.newProfile')}
      verb={profile ? t('common.save') : t('labs.make')}
      width="normal"
      form={form}
      submit={({ image, spec }) => (profile ? labs.updateProfile(spec) : labs.createProfile({ ...spec, image }))}
      done={(_, { spec }) => t('labs.saved', { name: spec.name })}
    >
      <TextOf control={control} name="name" label={t('labs.name')} whyNot={profile ? 'fixed' : null} mono autoFocus />
      <TextOf control={control} name="title" label={t('labs.titleField')} />
      <PickerOf
        control={control}
        name="image"
        label={t('labs.image')}
        options={imageNames.map((value) => ({ value, label: value }))}
        whyNot={profile ? 'fixed' : null}
      />
      <div className="change-fields">
        <NumberOf control={control} name="cpuCount" label={t('machines.cpu')} {...limitsOf(profileFields.cpuCount)} />
        <NumberOf
          control={control}
          name="memoryMiB"
          label={t('machines.memory')}
          {...limitsOf(profileFields.memoryMiB)}
        />
        <NumberOf control={control} name="diskMiB" label={t('machines.disk')} {...limitsOf(profileFields.diskMiB)} />
        <NumberOf
          control={control}
          name="keptVersions"
          label={t('labs.keptVersions')}
          {...limitsOf(profileFields.keptVersions)}
        />
      </div>
      <ChoiceOf<ProfileValues, ProfileValues['netKind']>
        control={control}
        name="netKind"
        label={t('labs.network')}
        options={[
          { value: OF_HOST, label: t('labs.networkOfHost') },
          ...netKindSchema.options.map((kind) => ({ value: kind, label: kind })),
        ]}
      />
      <TextOf
        control={control}
        name="ports"
        label={t('machines.ports')}
        hint={t('machines.portsHint')}
        placeholder="80, 53/udp"
        mono
      />
      <TextOf
        control={control}
        name="startScript"
        label={t('labs.startScript')}
        hint={t('labs.startScriptHint')}
        lines={3}
        mono
      />
      <CheckOf control={control} name="shared" label={t('labs.shared')} hint={t('labs.sharedHint')} />
    </FormDialog>
  );
});
