// Settings: which browsers are let in, ending one, and logging out of this one.
import { type SessionView, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect } from 'react';
import { Button } from '../components/Button.tsx';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { browserName } from './browser-name.ts';

export const SessionsPanel = observer(function SessionsPanel() {
  const { logins, session } = useStores();
  const t = useWords();
  useEffect(() => void logins.load(), [logins]);
  return (
    <section className="panel form" aria-label={t('settings.sessions')}>
      <h2>{t('settings.sessions')}</h2>
      <p className="muted">{t('settings.sessionsText')}</p>
      {logins.sessions?.length === 0 && <p className="muted">{t('settings.noSessions')}</p>}
      {logins.sessions && logins.sessions.length > 0 && (
        <Rows items={logins.sessions} keyOf={({ id }) => id} height={72} className="session-list">
          {(one, place) => <SessionLine key={one.id} one={one} place={place} />}
        </Rows>
      )}
      {logins.error && <ErrorNotice error={toErrorRecord(logins.error)} />}
      {session.canLeave && (
        <Button isBusy={session.busy} onPress={() => void session.leave()}>
          {t('settings.logOut')}
        </Button>
      )}
    </section>
  );
});

const SessionLine = observer(function SessionLine({ one, place }: { one: SessionView; place: RowPlace }) {
  const { logins } = useStores();
  const t = useWords();
  const format = useFormat();
  const known = browserName(one.userAgent);
  const from = one.address ?? t('settings.sessionAddressUnknown');
  return (
    <li className="session-line" {...place}>
      <span className="session-facts">
        <span>
          {t('settings.sessionOf', { user: one.userName, address: from })}
          {one.isThis && ` · ${t('settings.sessionThis')}`}
        </span>
        <span className="muted">
          {t('settings.sessionTimes', { since: format.dateTime(one.createdAt), used: format.dateTime(one.lastUsedAt) })}
        </span>
        <span className="muted session-agent" title={one.userAgent}>
          {known ? t('settings.sessionBrowser', known) : one.userAgent}
        </span>
      </span>
      {!one.isThis && (
        <Button
          kind="danger"
          size="small"
          isBusy={logins.endingId === one.id}
          onPress={() => void logins.end(one.id)}
          aria-label={t('settings.endSessionOf', { user: one.userName, address: from })}
        >
          {t('settings.endSession')}
        </Button>
      )}
    </li>
  );
});
