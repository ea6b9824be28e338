// One session: its machine's state, the version it runs on, whether a console is connected, the time left.
import type { LabSession } from '@tt/protocol';
import { Eye } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { vmMarks } from '../components/marks.ts';
import { StateLabel } from '../components/StateLabel.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import type { RowPlace } from '../components/lists/Rows.tsx';
import { useStores } from '../state/stores-context.ts';
import { sessionActions } from './actions.ts';

export const SessionRow = observer(function SessionRow({ session, place }: { session: LabSession; place: RowPlace }) {
  const stores = useStores();
  const { clock, link } = stores;
  const watched = !link.isStale && session.viewers > 0;
  const t = useWords();
  const format = useFormat();
  const { sessionName, profileName, version, state, terminalName, endAt } = session;
  const can = sessionActions(stores, session, t);
  const about = [
    version === null ? profileName : t('labs.onVersion', { profile: profileName, version }),
    terminalName !== null && t('labs.atTerminal', { terminal: terminalName }),
    t('labs.left', { time: format.duration(Date.parse(endAt) - clock.known) }),
  ].filter((fact) => typeof fact === 'string');
  return (
    <li className="rows-item lab-row" {...place} data-connected={watched || undefined}>
      <StateLabel mark={vmMarks[state]} word={t(`common.states.${state}`)} />
      <div className="rows-main">
        <strong className="mono">{sessionName}</strong>
        <div className="muted number">{about.join(' · ')}</div>
      </div>
      <span className="lab-connected">
        {watched && (
          <>
            <Eye aria-hidden className="icon" /> {t('labs.connected', { count: session.viewers })}
          </>
        )}
        {!watched && !link.isStale && <span className="muted">{t('labs.notConnected')}</span>}
      </span>
      <ActionButton action={can.console} aria-label={t('labs.consoleOf', { session: sessionName })} />
      <ActionButton action={can.end} aria-label={t('labs.endSessionOf', { session: sessionName })} />
    </li>
  );
});
