// Messages at the foot: what ends soon, done (with Undo), failed (with what now). They wait while the pointer or the focus is on them.
import { CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { CopyDetails } from '../components/CopyDetails.tsx';
import { FewRows } from '../components/lists/FewRows.tsx';
import { errorWords } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { actionForError } from '../state/error-actions.ts';
import { useStores } from '../state/stores-context.ts';
import { type Toast, type ToastGroup, TOASTS_SHOWN } from '../state/toast-store.ts';
import { EndingToasts } from './EndingToasts.tsx';

export const Toasts = observer(function Toasts() {
  const { toasts, link } = useStores();
  const t = useWords();
  return (
    <section
      className="toasts"
      aria-label={t('shell.toasts')}
      data-react-aria-top-layer="true"
      data-stale={link.isStale || undefined}
    >
      <EndingToasts />
      {toasts.all.length > 1 && (
        <div className="toasts-head">
          <Button kind="quiet" size="small" onPress={() => toasts.closeAll()}>
            {t('shell.closeToasts')}
          </Button>
        </div>
      )}
      {toasts.all.length > 0 && (
        <FewRows
          items={toasts.groups}
          most={TOASTS_SHOWN}
          keep="last"
          keyOf={({ id }) => String(id)}
          height={52}
          className="toast-list"
        >
          {(group, place) => (
            <li key={group.id} className="toast-place" {...place}>
              <ToastGroupCard group={group} />
            </li>
          )}
        </FewRows>
      )}
    </section>
  );
});

/** The newest of its kind; the others on demand, so that a hundred machines that fail alike are one card. */
const ToastGroupCard = observer(function ToastGroupCard({ group }: { group: ToastGroup }) {
  const { toasts } = useStores();
  const t = useWords();
  const [isOpen, setOpen] = useState(false);
  const { newest, others } = group;
  if (others.length === 0) return <ToastCard toast={newest} />;
  return (
    <fieldset className="toast-group" aria-label={t('shell.sameFailure', { count: others.length + 1 })}>
      <ToastCard toast={newest} />
      <div className="toast-group-foot">
        <Button kind="quiet" size="small" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
          {isOpen ? t('common.showFewer') : t('shell.moreAlike', { count: others.length })}
        </Button>
        <Button kind="quiet" size="small" onPress={() => toasts.closeGroup(group)}>
          {t('shell.closeAlike', { count: others.length + 1 })}
        </Button>
      </div>
      {isOpen && others.slice(0, MOST_OPEN).map((toast) => <ToastCard key={toast.id} toast={toast} />)}
    </fieldset>
  );
});

/** Of an open group: what else failed is on the Activity page. */
const MOST_OPEN = 20;

const icons = { ok: CircleCheck, info: Info, danger: TriangleAlert };

const ToastCard = observer(function ToastCard({ toast }: { toast: Toast }) {
  const stores = useStores();
  const { toasts } = stores;
  const t = useWords();
  const language = useLanguage();
  const [isNews] = useState(() => !toasts.isRead(toast.id));
  useEffect(() => toasts.markRead(toast.id), [toasts, toast.id]);
  const Icon = icons[toast.tone];
  const words = toast.error && errorWords(toast.error, language);
  const action = toast.action ?? (toast.error && actionForError(stores, toast.error, t));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only holds the clock of the toast; its buttons are buttons
    <div
      className="toast"
      {...(isNews && { role: toast.tone === 'danger' ? 'alert' : 'status' })}
      data-tone={toast.tone}
      onPointerEnter={() => toasts.hold(toast.id)}
      onPointerLeave={() => toasts.resume(toast.id)}
      onFocus={() => toasts.hold(toast.id)}
      onBlur={() => toasts.resume(toast.id)}
    >
      <Icon aria-hidden className="icon" />
      <div className="rows-main">
        <span className="toast-text">
          {toast.text}
          {toast.count > 1 && <span className="muted number"> {t('shell.saidTimes', { count: toast.count })}</span>}
        </span>
        {words && (
          <div className="toast-error">
            {words.message} <span className="muted">{words.fix}</span>
          </div>
        )}
        {toast.error && (
          <div className="notice-foot">
            <code>{toast.error.code}</code>
            <CopyDetails error={toast.error} />
          </div>
        )}
      </div>
      {action && (
        <Button
          size="small"
          onPress={() => {
            toasts.close(toast.id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <Button kind="quiet" size="small" icon={X} label={t('common.close')} onPress={() => toasts.close(toast.id)} />
    </div>
  );
});
