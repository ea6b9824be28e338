// Messages at the foot: what ends soon, done (with Undo), failed (with what now). They wait while the pointer or the focus is on them.
import { CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { CopyDetails } from '../components/CopyDetails.tsx';
import { errorWords } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { actionForError } from '../state/error-actions.ts';
import { useStores } from '../state/stores-context.ts';
import type { Toast } from '../state/toast-store.ts';
import { EndingToasts } from './EndingToasts.tsx';

export const Toasts = observer(function Toasts() {
  const { toasts } = useStores();
  const t = useWords();
  return (
    <section className="toasts" aria-label={t('shell.toasts')} data-react-aria-top-layer="true">
      <EndingToasts />
      {toasts.shown.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
});

const icons = { ok: CircleCheck, info: Info, danger: TriangleAlert };

const ToastCard = observer(function ToastCard({ toast }: { toast: Toast }) {
  const stores = useStores();
  const { toasts } = stores;
  const t = useWords();
  const language = useLanguage();
  const Icon = icons[toast.tone];
  const words = toast.error && errorWords(toast.error, language);
  const action = toast.action ?? (toast.error && actionForError(stores, toast.error, t));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only holds the clock of the toast; its buttons are buttons
    <div
      className="toast"
      role={toast.tone === 'danger' ? 'alert' : 'status'}
      data-tone={toast.tone}
      onPointerEnter={() => toasts.hold(toast.id)}
      onPointerLeave={() => toasts.resume(toast.id)}
      onFocus={() => toasts.hold(toast.id)}
      onBlur={() => toasts.resume(toast.id)}
    >
      <Icon aria-hidden className="icon" />
      <div className="rows-main">
        <span className="toast-text">{toast.text}</span>
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
