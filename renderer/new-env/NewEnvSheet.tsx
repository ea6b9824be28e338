// New ENV on one sheet: its machines, name, lifetime and what comes then. By keyboard: N, type, Tab, Ctrl-Enter.
import type { TtError } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { firstReason } from '../components/action.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { createFromDraft } from './create-from-draft.ts';
import { MachineSheet } from './MachineSheet.tsx';
import { NewEnvFoot } from './NewEnvFoot.tsx';
import { NewEnvDraft } from './new-env-draft.ts';

export const NewEnvSheet = observer(function NewEnvSheet({ kept }: { kept: NewEnvDraft | null }) {
  const stores = useStores();
  const { images, envs, hosts, link } = stores;
  const t = useWords();
  const [draft] = useState(() => {
    const takenNames = () => envs.all.map(({ name }) => name);
    return kept ?? new NewEnvDraft(images, takenNames, hosts.first?.lifetime.defaultS);
  });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const create = async () => {
    if (busy || !link.up || !draft.isComplete) return;
    setBusy(true);
    setError(null);
    const failed = await createFromDraft(stores, draft);
    setBusy(false);
    setError(failed);
  };
  const submit = () => ({
    label: t('newEnv.create'),
    whyNot: firstReason({ incomplete: !draft.isComplete, linkDown: !link.up }),
    run: () => void create(),
  });
  return (
    <MachineSheet
      title={t('newEnv.title')}
      draft={draft}
      error={error}
      errorTitle={t('newEnv.failed', { env: draft.name })}
      submit={submit}
    >
      <NewEnvFoot draft={draft} busy={busy} onCreate={() => void create()} />
    </MachineSheet>
  );
});
