// Before the window has something to show: the connections there are, each a button that shows it.
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { Rows } from '../components/lists/Rows.tsx';
import { StateLabel } from '../components/StateLabel.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { connectionActions } from './actions.ts';
import { ConnectionMark } from './ConnectionMark.tsx';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { connectionName, linkMarks, linkWords } from './connection-words.ts';

export const ConnectionList = observer(function ConnectionList() {
  const stores = useStores();
  const t = useWords();
  const format = useFormat();
  const { connections } = stores;
  if (!connections?.all.some(({ kind }) => kind === 'server')) return null;
  return (
    <section className="welcome-connections" aria-label={t('connections.choose')}>
      <h2>{t('connections.choose')}</h2>
      <Rows items={connections.all} keyOf={({ id }) => id} height={40} className="connection-list">
        {(connection, place) => {
          const name = connectionName(connection, t);
          return (
            <li key={connection.id} className="connection-line" {...place}>
              <ConnectionMark color={connection.color} />
              <Button
                kind="quiet"
                className="connection-choice"
                {...(connection.id === connections.shownId && { 'aria-current': 'true' as const })}
                onPress={() => void connections.show(connection.id)}
              >
                {name}
              </Button>
              <StateLabel
                mark={linkMarks[connection.link.kind]}
                word={linkWords(connection, t, format.timeWithSeconds)}
              />
              <MenuButton
                label={t('connections.actionsOf', { name })}
                entries={toMenu([connectionActions(stores, connection, t)])}
              />
            </li>
          );
        }}
      </Rows>
    </section>
  );
});
