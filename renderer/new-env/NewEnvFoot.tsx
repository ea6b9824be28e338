// Foot of the New ENV sheet: name (suggested), lifetime, what comes then, the rarely used under "More", Create.
import { isValidName } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { Field } from '../components/Field.tsx';
import { Kbd } from '../components/Kbd.tsx';
import { EndPolicyChoice } from '../env/EndPolicyChoice.tsx';
import { LifetimeChooser } from '../env/LifetimeChooser.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { NewEnvOptions } from './NewEnvOptions.tsx';
import type { NewEnvDraft } from './new-env-draft.ts';

export interface NewEnvFootProps {
  draft: NewEnvDraft;
  busy: boolean;
  onCreate: () => void;
}

export const NewEnvFoot = observer(function NewEnvFoot({ draft, busy, onCreate }: NewEnvFootProps) {
  const { envs, link } = useStores();
  const t = useWords();
  const { name } = draft;
  const nameError = !isValidName(name)
    ? t('newEnv.nameInvalid')
    : envs.items.has(name) && !busy
      ? t('newEnv.nameTaken', { env: name })
      : null;
  const ready = draft.isComplete && nameError === null && link.up;
  return (
    <footer className="dialog-foot sheet-foot">
      <Field label={t('newEnv.name')} value={name} onChange={(text) => draft.typeName(text)} error={nameError} mono />
      <LifetimeChooser
        lifetime={draft.lifetime}
        onChange={(lifetime) => draft.setLifetime(lifetime)}
        overrideLimit={draft.options.overrideLimit}
      />
      <EndPolicyChoice value={draft.endPolicy} onChange={(policy) => draft.setEndPolicy(policy)} />
      <NewEnvOptions draft={draft} />
      <span className="spacer" />
      <Button kind="primary" isBusy={busy} whyNot={ready ? null : (link.whyNot ?? 'incomplete')} onPress={onCreate}>
        {draft.vmCount > 0 ? t('newEnv.createCount', { count: draft.vmCount }) : t('newEnv.create')}
        <Kbd keys="Ctrl-Enter" />
      </Button>
    </footer>
  );
});
