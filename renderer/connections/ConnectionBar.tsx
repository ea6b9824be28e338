// Above everything while there are several connections: each with its colour, name, state and key, shown by one click.
import { observer } from 'mobx-react-lite';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { Kbd } from '../components/Kbd.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ConnectionMark } from './ConnectionMark.tsx';
import { connectionName, linkMarks, linkWords } from './connection-words.ts';

export const ConnectionBar = observer(function ConnectionBar() {
  const { connections } = useStores();
  const t = useWords();
  const format = useFormat();
  if (!connections?.hasSeveral) return null;
  return (
    <ToggleButtonGroup
      className="connection-bar"
      aria-label={t('connections.title')}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={connections.shownId === null ? [] : [connections.shownId]}
      onSelectionChange={(keys) => {
        const [id] = keys;
        if (id !== undefined && id !== connections.shownId) void connections.show(String(id));
      }}
    >
      {connections.all.map((connection, index) => {
        const name = connectionName(connection, t);
        const state = linkWords(connection, t, format.timeWithSeconds);
        return (
          <ToggleButton
            key={connection.id}
            id={connection.id}
            className="connection-tab"
            data-state={connection.link.kind}
            aria-label={t('connections.tab', { name, state })}
          >
            <ConnectionMark color={connection.color} />
            <span className="ellipsis">{name}</span>
            {connection.link.kind !== 'connected' && (
              <>
                <StateMark mark={linkMarks[connection.link.kind]} size={12} />
                <span className="ellipsis muted">{state}</span>
              </>
            )}
            {index < 9 && <Kbd keys={`Ctrl-${index + 1}`} />}
          </ToggleButton>
        );
      })}
    </ToggleButtonGroup>
  );
});
