// Title, notes, tags, end policy and outgoing connections of an ENV: in its Settings tab and in the Edit dialog. Only what was
// changed is sent. Where outgoing connections need a stop, the machines are stopped, changed and started in one go.
import { type Env, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Form } from 'react-aria-components';
import { CheckField } from '../components/CheckField.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { EndPolicyChoice } from './EndPolicyChoice.tsx';

type Edits = Partial<Pick<Env, 'title' | 'notes' | 'tags' | 'endPolicy' | 'denyOutgoing'>>;

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

export const EnvForm = observer(function EnvForm({ env, id, autoFocus = false, onSaved, children }: EnvFormProps) {
  const { envs, vms, machines, link } = useStores();
  const t = useWords();
  const [edits, setEdits] = useState<Edits>({});
  const [tags, setTags] = useState(env.tags.join(', '));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const shown = { ...env, ...edits };
  const change = changeOf(env, edits, tags);
  const stops = error?.code === 'VM_MUST_BE_STOPPED';
  const edit = (next: Edits) => setEdits({ ...edits, ...next });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || !link.up) return;
    setBusy(true);
    const ids = vms.ofEnv(env.name).map((vm) => vm.id);
    const work = () => envs.updateEnv(env.name, change);
    const outcome = stops ? await machines.whileStopped(env.name, ids, work) : await work();
    setBusy(false);
    setError(outcome && !outcome.ok ? outcome.error : null);
    if (!outcome?.ok) return;
    setEdits({});
    setTags(outcome.value.tags.join(', '));
    onSaved();
  };
  return (
    <Form id={id} className="form" onSubmit={(event) => void save(event)}>
      <Field
        label={t('envs.settingsTitle')}
        hint={t('envs.settingsTitleHint', { env: env.name })}
        value={shown.title}
        onChange={(title) => edit({ title })}
        isDisabled={!link.up}
        autoFocus={autoFocus}
      />
      <Field
        label={t('envs.settingsNotes')}
        value={shown.notes ?? ''}
        onChange={(notes) => edit({ notes })}
        lines={4}
        isDisabled={!link.up}
      />
      <Field
        label={t('envs.settingsTags')}
        hint={t('envs.settingsTagsHint')}
        value={tags}
        onChange={setTags}
        isDisabled={!link.up}
      />
      <EndPolicyChoice value={shown.endPolicy} onChange={(endPolicy) => edit({ endPolicy })} isDisabled={!link.up} />
      <CheckField
        label={t('envs.settingsDeny')}
        hint={t('envs.settingsDenyHint')}
        value={shown.denyOutgoing}
        onChange={(denyOutgoing) => edit({ denyOutgoing })}
        isDisabled={!link.up}
      />
      {error && <ErrorNotice title={t('envs.settingsFailed', { env: env.name })} error={toErrorRecord(error)} />}
      {children({ busy, changed: Object.keys(change).length > 0, stops })}
    </Form>
  );
});

/** What differs from what the ENV has. */
function changeOf(env: Env, edits: Edits, tagsText: string): Edits {
  const tags = [
    ...new Set(
      tagsText
        .split(/[,，、]/)
        .map((tag) => tag.trim())
        .filter(Boolean),
    ),
  ];
  const { title, notes, endPolicy, denyOutgoing } = edits;
  return {
    ...(title === undefined || title === env.title ? {} : { title }),
    ...(notes === undefined || notes === env.notes ? {} : { notes }),
    ...(endPolicy === undefined || endPolicy === env.endPolicy ? {} : { endPolicy }),
    ...(denyOutgoing === undefined || denyOutgoing === env.denyOutgoing ? {} : { denyOutgoing }),
    ...(tags.join() === env.tags.join() ? {} : { tags }),
  };
}
