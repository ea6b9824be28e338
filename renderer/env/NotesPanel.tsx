// The notes of an ENV above its tabs: shown as Markdown, written in place. Others see none, and a text that somebody else has changed
// meanwhile is not replaced without a word.
import { type Env, notesSchema, type TtError, toErrorRecord } from '@tt/protocol';
import { Pencil } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { lazy, Suspense, useState } from 'react';
import { firstReason, runIfAllowed } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { Kbd } from '../components/Kbd.tsx';
import { More } from '../components/More.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { useWhole } from '../state/use-whole.ts';

/** Its reader is loaded when there is something to read. */
const Markdown = lazy(async () => ({ default: (await import('../components/markdown/Markdown.tsx')).Markdown }));

export const NotesPanel = observer(function NotesPanel({ env }: { env: Env }) {
  const { envs } = useStores();
  const t = useWords();
  const { whole, error } = useWhole(env, envs.whole);
  if (error) return <ErrorNotice error={toErrorRecord(error)} />;
  if (!whole) return <Spinner />;
  // Not for others: there is nothing to show, and nothing to write.
  if (whole.notes === undefined) return null;
  return (
    <More title={t('envs.settingsNotes')} isOpen={whole.notes !== ''}>
      <Notes name={env.name} notes={whole.notes} />
    </More>
  );
});

/** What is being written, and what was there when that began. */
interface Draft {
  text: string;
  before: string;
}

const Notes = observer(function Notes({ name, notes }: { name: string; notes: string }) {
  const { envs, link, rights, toasts } = useStores();
  const t = useWords();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const whyNot = rights.whyNot('env.update') ?? link.whyNot;
  if (!draft) {
    return (
      <div className="notes notes-read">
        {notes === '' ? (
          <p className="muted">{t('envs.noNotes')}</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          <section className="notes-text" aria-label={t('envs.settingsNotes')} tabIndex={0}>
            <Suspense fallback={<Spinner />}>
              <Markdown text={notes} />
            </Suspense>
          </section>
        )}
        <Button
          kind="quiet"
          size="small"
          icon={Pencil}
          whyNot={whyNot}
          onPress={() => setDraft({ text: notes, before: notes })}
        >
          {t('envs.editNotes')}
        </Button>
      </div>
    );
  }
  const checked = notesSchema.safeParse(draft.text);
  const isOvertaken = draft.before !== notes;
  const save = async () => {
    setBusy(true);
    const outcome = await envs.updateEnv(name, { notes: draft.text });
    setBusy(false);
    setError(outcome.ok ? null : outcome.error);
    if (outcome.ok) setDraft(null);
  };
  const saving = {
    label: t('common.save'),
    whyNot: whyNot ?? firstReason({ busy, mistake: !checked.success, unchanged: draft.text === notes }),
    run: () => void save(),
  };
  return (
    <div className="notes">
      <Field
        label={t('envs.settingsNotes')}
        hideLabel
        lines={8}
        value={draft.text}
        onChange={(text) => setDraft({ ...draft, text })}
        hint={t('envs.notesHint')}
        error={checked.success ? null : t('envs.notesTooLong')}
        autoFocus
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
            runIfAllowed(saving, (text) => toasts.explain(text));
          // A text that was changed is not lost by one key.
          if (event.key === 'Escape' && draft.text === draft.before) setDraft(null);
        }}
      />
      {isOvertaken && (
        <div role="alert" className="notes-overtaken">
          <p>{t('envs.notesOvertaken')}</p>
          <Button size="small" onPress={() => setDraft({ text: notes, before: notes })}>
            {t('envs.takeTheirs')}
          </Button>
        </div>
      )}
      {error && <ErrorNotice title={t('envs.settingsFailed', { env: name })} error={toErrorRecord(error)} />}
      <div className="line">
        <Button kind="primary" size="small" isBusy={busy} whyNot={saving.whyNot} onPress={saving.run}>
          {isOvertaken ? t('envs.replaceTheirs') : t('common.save')}
          <Kbd keys="Ctrl-Enter" />
        </Button>
        <Button size="small" onPress={() => setDraft(null)}>
          {t('common.cancel')}
        </Button>
      </div>
    </div>
  );
});
