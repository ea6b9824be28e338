// While the link is down: says so over the greyed content, since when, and when the next try comes.
import { toErrorRecord } from '@tt/protocol';
import { Unplug } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { CopyDetails } from '../components/CopyDetails.tsx';
import { errorWords } from '../i18n/error-words.ts';
import { useFormat } from '../i18n/format.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const LinkBanner = observer(function LinkBanner() {
  const { link, clock, connections } = useStores();
  const t = useWords();
  const format = useFormat();
  const language = useLanguage();
  if (link.state !== 'down') return null;
  const waitMs = (link.nextTryAt?.getTime() ?? 0) - clock.now;
  const retry =
    waitMs < 1000 ? t('shell.link.retryNow') : t('shell.link.retryIn', { time: format.duration(waitMs + 999) });
  const error = link.reason && toErrorRecord(link.reason);
  const shownId = connections?.shownId ?? null;
  const words = error && errorWords(error, language);
  return (
    <div className="link-banner" role="alert">
      <Unplug aria-hidden className="icon" />
      <div className="rows-main">
        <strong>{t('shell.link.downTitle')}</strong>{' '}
        {link.lastKnownAt && (
          <span className="number">
            {t('shell.link.downText', { time: format.timeWithSeconds(link.lastKnownAt), retry })}
          </span>
        )}
        {words && (
          <div className="muted">
            {words.message} {words.fix}
          </div>
        )}
      </div>
      {error && (
        <>
          <code>{error.code}</code>
          <CopyDetails error={error} />
        </>
      )}
      {connections && shownId !== null && (
        <Button size="small" isBusy={connections.isBusy} onPress={() => void connections.open(shownId)}>
          {t('connections.tryNow')}
        </Button>
      )}
    </div>
  );
});
