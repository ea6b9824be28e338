// New ENV on one sheet: its machines, name, lifetime and what comes then, as a form or as YAML, from nothing or from a template. By
// keyboard: N, type, Tab, Ctrl-Enter.
import { type ErrorCode, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { Kbd } from '../components/Kbd.tsx';
import { YamlEditor } from '../env-file/YamlEditor.tsx';
import { errorWords } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { createFromDraft } from './create-from-draft.ts';
import { MachineSheet } from './MachineSheet.tsx';
import { NewEnvFoot } from './NewEnvFoot.tsx';
import { NewEnvDraft } from './new-env-draft.ts';
import { SheetTools } from './SheetTools.tsx';
import { useRefusal } from './use-refusal.ts';
import { whyNotCreate } from './why-not-create.ts';
import { requestOf } from './yaml-view.ts';

/** Refusals that are about the name: they stand beside it. */
const nameCodes: ReadonlySet<string> = new Set<ErrorCode>(['NAME_INVALID', 'ENV_NAME_TAKEN', 'ENV_NAME_IN_BIN']);

export interface NewEnvSheetProps {
  kept: NewEnvDraft | null;
  /** The template to start from. */
  template?: string | undefined;
}

export const NewEnvSheet = observer(function NewEnvSheet({ kept, template }: NewEnvSheetProps) {
  const stores = useStores();
  const { images, envs, hosts, view } = stores;
  const t = useWords();
  const language = useLanguage();
  const [draft, setDraft] = useState(() => {
    const before = template === undefined ? view.newEnvDraft : null;
    return kept ?? before ?? newDraft();
  });
  // Closed by whatever key, it is there when the sheet is opened again.
  useEffect(() => view.keepNewEnv(draft), [view, draft]);
  function newDraft() {
    return new NewEnvDraft(images, () => envs.takenNames, hosts.first?.lifetime.defaultS);
  }
  const [busy, setBusy] = useState(false);
  const { refusal, refuse } = useRefusal(askedOf(draft));
  const create = async () => {
    if (busy || whyNotCreate(stores, draft) !== null) return;
    setBusy(true);
    refuse(null);
    const asked = askedOf(draft);
    const request = await requestOf(draft);
    const error = request && (await createFromDraft(stores, draft, request));
    setBusy(false);
    if (error) refuse({ error, envName: request.name, asked });
  };
  const whyNot = whyNotCreate(stores, draft);
  // Asked again by the key: a number that was being typed counts by then.
  const submit = () => ({ label: t('newEnv.create'), whyNot: whyNotCreate(stores, draft), run: () => void create() });
  const isOfName = refusal !== null && draft.yaml === null && nameCodes.has(refusal.error.code);
  const { yaml } = draft;
  return (
    <MachineSheet
      title={t('newEnv.title')}
      draft={draft}
      error={isOfName ? null : (refusal?.error ?? null)}
      errorTitle={t('newEnv.failed', { env: refusal?.envName ?? draft.name })}
      submit={submit}
      tools={
        <SheetTools
          draft={draft}
          template={template ?? null}
          onFailure={(error) => refuse(error && { error, envName: draft.name, asked: askedOf(draft) })}
          onStartOver={() => setDraft(newDraft())}
        />
      }
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
          <DialogFoot onCancel={() => view.close()}>
            <Button kind="primary" isBusy={busy} whyNot={whyNot} onPress={() => void create()}>
              {t('newEnv.create')}
              <Kbd keys="Ctrl-Enter" />
            </Button>
          </DialogFoot>
        </footer>
      ) : (
        <NewEnvFoot
          draft={draft}
          busy={busy}
          whyNot={whyNot}
          nameRefusal={isOfName ? errorWords(toErrorRecord(refusal.error), language).message : null}
          onCreate={() => void create()}
          onCancel={() => view.close()}
        />
      )}
    </MachineSheet>
  );
});

/** All that would be created, whenever it is asked for. */
function askedOf(draft: NewEnvDraft): string {
  return draft.yaml?.text ?? JSON.stringify(draft.toRequest(0));
}
