// A failure in words: what happened, why, what now; its code; "Copy details". The log tail when there is one.
import type { ErrorRecord } from '@tt/protocol';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { errorWords, logTailOf, nearOf } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { CopyDetails } from './CopyDetails.tsx';

export interface ErrorNoticeProps {
  error: ErrorRecord;
  /** What was requested, e.g. "demo was not created". */
  title?: string;
  actions?: ReactNode;
}

export function ErrorNotice({ error, title, actions }: ErrorNoticeProps) {
  const t = useWords();
  const { message, fix } = errorWords(error, useLanguage());
  const log = logTailOf(error);
  const suggestions = nearOf(error);
  return (
    <div className="notice" role="alert" data-tone="danger">
      <TriangleAlert aria-hidden className="icon" />
      <div className="notice-body">
        {title !== undefined && <strong>{title}</strong>}
        <p>{message}</p>
        <p className="notice-fix">{fix}</p>
        {suggestions.length > 0 && (
          <p className="notice-fix">{t('common.error.suggestions', { names: suggestions.join(', ') })}</p>
        )}
        {log.length > 0 && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <section className="log-tail" tabIndex={0} aria-label={t('common.error.log')}>
            <pre>{log.join('\n')}</pre>
          </section>
        )}
        <div className="notice-foot">
          <code>{error.code}</code>
          <CopyDetails error={error} />
          {actions}
        </div>
      </div>
    </div>
  );
}
