// One lab: its profiles and seats, its sessions, its terminals.
import type { Lab } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { Rows } from '../components/lists/Rows.tsx';
import { useStores } from '../state/stores-context.ts';
import { labActions } from './actions.ts';
import { SessionRow } from './SessionRow.tsx';
import { TerminalRow } from './TerminalRow.tsx';

export const LabPanel = observer(function LabPanel({ lab }: { lab: Lab }) {
  const stores = useStores();
  const { labs, link } = stores;
  const t = useWords();
  const sessions = labs.sessionsOf(lab.name);
  const connected = sessions.filter(({ viewers }) => viewers > 0).length;
  const can = labActions(stores, lab, t);
  return (
    <article className="panel lab" aria-label={lab.name}>
      <header className="lab-head">
        <h2 className="mono">{lab.name}</h2>
        {lab.title !== '' && <span>{lab.title}</span>}
        <span className="muted number">{t('labs.seatsTaken', { taken: sessions.length, seats: lab.seats })}</span>
        {!link.isStale && <span className="muted number">{t('labs.connectedCount', { count: connected })}</span>}
        <span className="spacer" />
        <ActionButton action={can.startSession} aria-label={t('labs.startSessionIn', { lab: lab.name })} />
        <MenuButton
          label={t('labs.moreOf', { name: lab.name })}
          entries={toMenu([[can.edit, can.addTerminal], [can.delete]])}
        />
      </header>
      <p className="muted">
        {lab.profileNames.length === 0
          ? t('labs.noProfiles')
          : t('labs.mayUse', { profiles: someNames(lab.profileNames, t) })}
      </p>
      {sessions.length > 0 && (
        <Rows
          items={sessions}
          keyOf={({ envName }) => envName}
          height={55}
          label={t('labs.sessionsOf', { lab: lab.name })}
        >
          {(session, place) => <SessionRow key={session.envName} session={session} place={place} />}
        </Rows>
      )}
      <h3>{t(lab.terminalsEnabled ? 'labs.terminals' : 'labs.terminalsOff')}</h3>
      {lab.terminals.length > 0 && (
        <Rows
          items={lab.terminals}
          keyOf={({ name }) => name}
          height={55}
          label={t('labs.terminalsOf', { lab: lab.name })}
        >
          {(terminal, place) => (
            <TerminalRow
              key={terminal.name}
              lab={lab}
              terminal={terminal}
              session={sessions.find(({ terminalName }) => terminalName === terminal.name) ?? null}
              place={place}
            />
          )}
        </Rows>
      )}
    </article>
  );
});
