// Title, notes, tags, end policy, outgoing connections and team of an ENV: in its Settings tab and in the Edit dialog. Only what was
// changed is sent. Where outgoing connections need a stop, the machines are stopped, changed and started in one go.
import {
  type EndPolicy,
  type Env,
  endPolicySchema,
  notesSchema,
  titleSchema,
  type TtError,
  toErrorRecord,
} from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type ReactNode, useEffect, useState } from 'react';
import { Form } from 'react-aria-components';
import { z } from 'zod';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { CheckOf, TextOf, useFieldOf } from '../forms/fields.tsx';
import { useFormOf } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import { TeamPicker } from '../people/TeamPicker.tsx';
import { useStores } from '../state/stores-context.ts';
import { useWhole } from '../state/use-whole.ts';
import { EndPolicyChoice } from './EndPolicyChoice.tsx';
import { tagsIn } from './tag-text.ts';

type Edits = Partial<Pick<Env, 'title' | 'notes' | 'tags' | 'endPolicy' | 'denyOutgoing' | 'team'>>;

export interface EnvFormState {
  busy: boolean;
  /** Something differs from what the ENV has. */
  changed: boolean;
  /** Saving will stop and start its machines. */
  stops: boolean;
}

export interface EnvFormProps {
  env: Env;
  id: string;
  autoFocus?: boolean;
  onSaved: () => void;
  /** The buttons; `form={id}` makes one of them save. */
  children: (state: EnvFormState) => ReactNode;
}

const envForm = z.object({
  title: titleSchema,
  notes: notesSchema,
  tags: z.string(),
  endPolicy: endPolicySchema,
  denyOutgoing: z.boolean(),
  /** null: none. */
  team: z.string().nullable(),
});
type EnvValues = z.output<typeof envForm>;

export const EnvForm = observer(function EnvForm(props: EnvFormProps) {
  const { envs } = useStores();
  const { whole, error } = useWhole(props.env, envs.whole);
  if (whole) return <WholeEnvForm {...props} env={whole} />;
  return error ? <ErrorNotice error={toErrorRecord(error)} /> : <Spinner />;
});

const WholeEnvForm = observer(function WholeEnvForm({ env, id, autoFocus = false, onSaved, children }: EnvFormProps) {
  const { envs, vms, machines, link, rights } = useStores();
  const whyNoEdit = rights.whyNot('env.update') ?? link.whyNot;
  const t = useWords();
  const form = useFormOf(envForm, valuesOf(env));
  const { control, formState } = form;
  const [error, setError] = useState<TtError | null>(null);
  const endPolicy = useFieldOf<EnvValues, EndPolicy>({ control, name: 'endPolicy' });
  const team = useFieldOf<EnvValues, string | null>({ control, name: 'team' });
  // What somebody else changes meanwhile shows in the fields that were not touched here.
  useEffect(() => {
    form.reset(valuesOf(env), { keepDirtyValues: true });
  }, [form, env]);
  const stops = error?.code === 'VM_MUST_BE_STOPPED';
  const isChanged = Object.keys(changeOf(env, form.watch())).length > 0;
  const save = form.handleSubmit(async (values) => {
    if (formState.isSubmitting || !link.up) return;
    const ids = vms.ofEnv(env.name).map((vm) => vm.id);
    const work = () => envs.updateEnv(env.name, changeOf(env, values));
    const outcome = stops ? await machines.whileStopped(env.name, ids, work) : await work();
    setError(outcome && !outcome.ok ? outcome.error : null);
    if (!outcome?.ok) return;
    form.reset(valuesOf(outcome.value));
    onSaved();
  });
  return (
    <Form id={id} className="form" onSubmit={(event) => void save(event)}>
      <TextOf
        control={control}
        name="title"
        label={t('envs.settingsTitle')}
        hint={t('envs.settingsTitleHint', { env: env.name })}
        whyNot={whyNoEdit}
        autoFocus={autoFocus}
      />
      <TextOf control={control} name="notes" label={t('envs.settingsNotes')} lines={4} whyNot={whyNoEdit} />
      <TextOf
        control={control}
        name="tags"
        label={t('envs.settingsTags')}
        hint={t('envs.settingsTagsHint')}
        whyNot={whyNoEdit}
      />
      <EndPolicyChoice value={endPolicy.value} onChange={endPolicy.onChange} whyNot={whyNoEdit} />
      <CheckOf
        control={control}
        name="denyOutgoing"
        label={t('envs.settingsDeny')}
        hint={t('envs.settingsDenyHint')}
        whyNot={whyNoEdit}
      />
      <TeamPicker value={team.value} onChange={team.onChange} whyNot={rights.whyNotShare(env) ?? link.whyNot} />
      {error && <ErrorNotice title={t('envs.settingsFailed', { env: env.name })} error={toErrorRecord(error)} />}
      {children({ busy: formState.isSubmitting, changed: isChanged && formState.isValid, stops })}
    </Form>
  );
});

function valuesOf({ title, notes = '', tags, endPolicy, denyOutgoing, team }: Env): EnvValues {
  return { title, notes, tags: tags.join(', '), endPolicy, denyOutgoing, team: team ?? null };
}

/** What differs from what the ENV has. */
function changeOf(env: Env, { title, notes, tags: text, endPolicy, denyOutgoing, team }: EnvValues): Edits {
  const tags = tagsIn(text);
  return {
    ...(title === env.title ? {} : { title }),
    ...(notes === (env.notes ?? '') ? {} : { notes }),
    ...(endPolicy === env.endPolicy ? {} : { endPolicy }),
    ...(denyOutgoing === env.denyOutgoing ? {} : { denyOutgoing }),
    ...(tags.join() === env.tags.join() ? {} : { tags }),
    ...(team === (env.team ?? null) ? {} : { team }),
  };
}
