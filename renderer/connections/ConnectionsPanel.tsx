// Settings: the connections of the desktop, each with its state, its reason when it does not work, and what can be done.
import { observer } from 'mobx-react-lite';
import type { ConnectionView } from '../bridge.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import { StateLabel } from '../components/StateLabel.tsx';
import { errorWords } from '../i18n/error-words.ts';
import { useFormat } from '../i18n/format.ts';
import { type Translate, useLanguage, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { addConnectionAction, connectionActions } from './actions.ts';
import { ConnectionMark } from './ConnectionMark.tsx';
import { connectionName, linkMarks, linkWords } from './connection-words.ts';
import { sshServerText } from './ssh-text.ts';

export const ConnectionsPanel = observer(function ConnectionsPanel() {
  const stores = useStores();
  const t = useWords();
  const add = addConnectionAction(stores, t);
  if (!stores.connections || !add) return null;
  return (
    <section className="panel form" aria-label={t('connections.title')}>
      <h2>{t('connections.title')}</h2>
      <p className="muted">{t('connections.text')}</p>
      <Rows items={stores.connections.all} keyOf={({ id }) => id} height={56} className="connection-list">
        {(connection, place) => <ConnectionLine key={connection.id} connection={connection} place={place} />}
      </Rows>
      <span className="connection-file">
        <ActionButton action={add} />
      </span>
    </section>
  );
});

function addressOf({ address, ssh }: ConnectionView, t: Translate): string | null {
  return ssh && address !== null ? t('connections.over', { address, server: sshServerText(ssh.server) }) : address;
}

const ConnectionLine = observer(function ConnectionLine({
  connection,
  place,
}: {
  connection: ConnectionView;
  place: RowPlace;
}) {
  const stores = useStores();
  const t = useWords();
  const format = useFormat();
  const language = useLanguage();
  const name = connectionName(connection, t);
  const { link } = connection;
  const failure = link.kind === 'lost' || link.kind === 'refused' ? errorWords(link.failure, language) : null;
  const notes = [
    addressOf(connection, t),
    connection.isDefault && t('connections.isDefault'),
    stores.connections?.shownId === connection.id && t('connections.isShown'),
  ].filter((note): note is string => typeof note === 'string');
  return (
    <li className="connection-line" {...place}>
      <ConnectionMark color={connection.color} />
      <span className="connection-facts">
        <span className="connection-name">
          <strong className="ellipsis">{name}</strong>
          <StateLabel mark={linkMarks[link.kind]} word={linkWords(connection, t, format.timeWithSeconds)} />
        </span>
        {notes.length > 0 && <span className="muted ellipsis">{notes.join(' · ')}</span>}
        {failure && (
          <span className="connection-failure">
            {failure.message} {failure.fix}
          </span>
        )}
      </span>
      <MenuButton
        label={t('connections.actionsOf', { name })}
        entries={toMenu([connectionActions(stores, connection, t)])}
      />
    </li>
  );
});
