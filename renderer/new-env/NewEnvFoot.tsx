// Foot of the New ENV sheet: name (suggested), lifetime, what comes then, the rarely used under "More", Create.
import { LIFETIME_MAX_S } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import type { WhyNot } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { Field } from '../components/Field.tsx';
import { Kbd } from '../components/Kbd.tsx';
import { EndPolicyChoice } from '../env/EndPolicyChoice.tsx';
import { LifetimeChooser } from '../env/LifetimeChooser.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { NewEnvOptions } from './NewEnvOptions.tsx';
import type { NewEnvDraft } from './new-env-draft.ts';
import { endProblem, nameProblem } from './why-not-create.ts';

const problems = { invalid: 'newEnv.nameInvalid', taken: 'newEnv.nameTaken', inBin: 'newEnv.nameInBin' } as const;

export interface NewEnvFootProps {
  draft: NewEnvDraft;
  busy: boolean;
  /** Why it can’t be created now. */
  whyNot: WhyNot | null;
  /** The agent has refused this name. */
  nameRefusal: string | null;
  onCreate: () => void;
  onCancel: () => void;
}

export const NewEnvFoot = observer(function NewEnvFoot(props: NewEnvFootProps) {
  const { draft, busy, whyNot, nameRefusal, onCreate, onCancel } = props;
  const stores = useStores();
  const { envs, hosts } = stores;
  const t = useWords();
  const format = useFormat();
  const { name } = draft;
  // While it is being created, the name is that of the new ENV.
  const problem = busy ? null : nameProblem(envs, name);
  const nameError = problem === null ? nameRefusal : t(problems[problem], { env: name });
  const late = endProblem(stores, draft);
  const maxMs = (hosts.first?.lifetime.maxS ?? LIFETIME_MAX_S) * 1000;
  const endError =
    late === null
      ? null
      : late === 'none'
        ? t('newEnv.endNone')
        : t('newEnv.endTooLate', { limit: format.duration(maxMs) });
  return (
    <footer className="dialog-foot sheet-foot">
      <Field label={t('newEnv.name')} value={name} onChange={(text) => draft.typeName(text)} error={nameError} mono />
      <LifetimeChooser
        lifetime={draft.lifetime}
        onChange={(lifetime) => draft.setLifetime(lifetime)}
        overrideLimit={draft.options.overrideLimit}
        typed={{ text: draft.endText, error: endError, onType: (text) => draft.typeEnd(text) }}
      />
      <EndPolicyChoice value={draft.endPolicy} onChange={(policy) => draft.setEndPolicy(policy)} />
      <NewEnvOptions draft={draft} />
      <DialogFoot onCancel={onCancel}>
        <Button kind="primary" isBusy={busy} whyNot={whyNot} onPress={onCreate}>
          {draft.vmCount > 0 ? t('newEnv.createCount', { count: draft.vmCount }) : t('newEnv.create')}
          <Kbd keys="Ctrl-Enter" />
        </Button>
      </DialogFoot>
    </footer>
  );
});
