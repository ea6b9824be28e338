// New ENV on one sheet: its machines, name, lifetime and what comes then, as a form or as YAML, from nothing or from a template. By
// keyboard: N, type, Tab, Ctrl-Enter.
import type { TtError } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Kbd } from '../components/Kbd.tsx';
import { YamlEditor } from '../env-file/YamlEditor.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { createFromDraft } from './create-from-draft.ts';
import { MachineSheet } from './MachineSheet.tsx';
import { NewEnvFoot } from './NewEnvFoot.tsx';
import { NewEnvDraft } from './new-env-draft.ts';
import { SheetTools } from './SheetTools.tsx';
import { requestOf } from './yaml-view.ts';

export interface NewEnvSheetProps {
  kept: NewEnvDraft | null;
  /** The template to start from. */
  template?: string | undefined;
}

export const NewEnvSheet = observer(function NewEnvSheet({ kept, template }: NewEnvSheetProps) {
  const stores = useStores();
  const { images, envs, hosts, link } = stores;
  const t = useWords();
  const [draft] = useState(() => {
    const takenNames = () => envs.takenNames;
    return kept ?? new NewEnvDraft(images, takenNames, hosts.first?.lifetime.defaultS);
  });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const create = async () => {
    if (busy || !link.up || !draft.canCreate) return;
    setBusy(true);
    setError(null);
    const request = await requestOf(draft);
    const failed = request && (await createFromDraft(stores, draft, request));
    setBusy(false);
    setError(failed);
  };
  const whyNot = firstReason({ incomplete: !draft.canCreate, linkDown: !link.up });
  const submit = () => ({ label: t('newEnv.create'), whyNot, run: () => void create() });
  const { yaml } = draft;
  return (
    <MachineSheet
      title={t('newEnv.title')}
      draft={draft}
      error={error}
      errorTitle={t('newEnv.failed', { env: yaml?.value?.name ?? draft.name })}
      submit={submit}
      tools={<SheetTools draft={draft} template={template ?? null} onFailure={setError} />}
      body={
        yaml && (
          <div className="sheet-yaml">
            {draft.isUnshowable && <p role="status">{t('templates.unshowable')}</p>}
            <YamlEditor label={t('templates.draftText')} text={yaml} />
          </div>
        )
      }
    >
      {yaml ? (
        <footer className="dialog-foot sheet-foot">
          <span className="spacer" />
          <Button kind="primary" isBusy={busy} whyNot={whyNot} onPress={() => void create()}>
            {t('newEnv.create')}
            <Kbd keys="Ctrl-Enter" />
          </Button>
        </footer>
      ) : (
        <NewEnvFoot draft={draft} busy={busy} onCreate={() => void create()} />
      )}
    </MachineSheet>
  );
});
