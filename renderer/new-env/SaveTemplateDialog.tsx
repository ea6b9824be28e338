// Save as template, from an ENV or from the New ENV sheet, and the text of a template that is there: name, who sees it, and the YAML
// itself, so that everybody sees what others will read.
import { type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect, useState } from 'react';
import { asTtError } from '../activity/operation-store.ts';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { YamlEditor } from '../env-file/YamlEditor.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { TemplateDraft } from '../templates/template-draft.ts';
import { draftFrom } from './read-template-source.ts';
import type { TemplateSource } from './template-source.ts';

export const SaveTemplateDialog = observer(function SaveTemplateDialog({ source }: { source: TemplateSource }) {
  const stores = useStores();
  const { view } = stores;
  const t = useWords();
  const [draft, setDraft] = useState<TemplateDraft | null>(null);
  const [error, setError] = useState<TtError | null>(null);
  useEffect(() => {
    let isGone = false;
    draftFrom(stores, source).then(
      (made) => !isGone && setDraft(made),
      (failed: unknown) => !isGone && setError(asTtError(failed)),
    );
    return () => {
      isGone = true;
    };
  }, [stores, source]);
  /** The sheet it came from is there again, with all that was chosen in it. */
  const close = () => {
    if (source.kind === 'draft') view.open({ kind: 'newEnv', draft: source.draft });
    else view.close();
  };
  const title =
    source.kind === 'template' ? t('templates.editTitle', { template: source.name }) : t('templates.saveTitle');
  if (draft) return <TemplateForm title={title} draft={draft} close={close} />;
  return (
    <Dialog title={title} width="large" onClose={close}>
      {error ? <ErrorNotice title={t('templates.notRead')} error={toErrorRecord(error)} /> : <Spinner />}
    </Dialog>
  );
});

interface TemplateFormProps {
  title: string;
  draft: TemplateDraft;
  close: () => void;
}

const TemplateForm = observer(function TemplateForm({ title, draft, close }: TemplateFormProps) {
  const { toasts, link } = useStores();
  const t = useWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const { existing } = draft;
  const save = async () => {
    if (busy) return;
    setBusy(true);
    setError(null);
    const outcome = await draft.save();
    setBusy(false);
    if (outcome === null) return;
    if (!outcome.ok) return setError(outcome.error);
    close();
    toasts.say(t('templates.saved', { template: outcome.value.name }));
  };
  const nameError = draft.isNameTaken ? t('templates.nameTaken', { owner: existing?.owner ?? '?' }) : null;
  return (
    <Dialog
      title={title}
      width="large"
      onClose={close}
      foot={
        <DialogFoot onCancel={close}>
          <Button
            kind="primary"
            isBusy={busy}
            whyNot={firstReason({
              mistake: !draft.text.isUsable,
              incomplete: !draft.isComplete,
              linkDown: !link.up,
            })}
            onPress={() => void save()}
          >
            {t(draft.mayReplace ? 'templates.replace' : 'common.save')}
          </Button>
        </DialogFoot>
      }
    >
      <div className="form template-form">
        {draft.edited === null && (
          <Field
            label={t('templates.name')}
            value={draft.name}
            onChange={(name) => draft.typeName(name)}
            error={nameError}
            mono
            autoFocus
          />
        )}
        {existing && !draft.isNameTaken && (
          <CheckField
            label={t('templates.mayReplace', { template: existing.name, version: existing.version })}
            value={draft.mayReplace}
            onChange={(mayReplace) => draft.agree(mayReplace)}
          />
        )}
        <CheckField
          label={t('templates.shareTick')}
          hint={t('templates.shareHint')}
          value={draft.isShared}
          onChange={(isShared) => draft.share(isShared)}
        />
        <YamlEditor label={t('templates.text')} text={draft.text} autoFocus={draft.edited !== null} />
        {error && <ErrorNotice title={t('templates.notSaved')} error={toErrorRecord(error)} />}
      </div>
    </Dialog>
  );
});
