// The rows of a timeline: each can be taken (pointer, or Enter on its handle) and has its verbs in a menu.
import { observer } from 'mobx-react-lite';
import { useMemo } from 'react';
import { GridList, GridListItem, ListLayout } from 'react-aria-components';
import { runIfAllowed } from '../components/action.ts';
import { useWords } from '../i18n/index.ts';
import { LongCollection } from '../components/lists/LongCollection.tsx';
import { useIsLong } from '../components/lists/long-list.ts';
import { useStores } from '../state/stores-context.ts';
import { snapshotActions } from './actions.ts';
import { SnapshotRow } from './SnapshotRow.tsx';
import { timeLine } from './time-line.ts';
import { useGrammarOfList } from './use-grammar.tsx';

/** As `.snapshot` in shelf.css; safety snapshots are measured. */
const ROWS = { estimatedRowSize: 44 };

export const SnapshotList = observer(function SnapshotList({ envName }: { envName: string }) {
  const stores = useStores();
  const { snapshots, envs, link, toasts } = stores;
  const t = useWords();
  const all = snapshots.ofEnv(envName);
  const rows = useMemo(() => timeLine(all).map((row) => ({ ...row, id: row.snapshot.id })), [all]);
  const isLong = useIsLong(rows.length);
  const lanes = rows.reduce((most, { lane }) => Math.max(most, lane + 1), 1);
  const currentSnapshotId = envs.get(envName)?.currentSnapshotId ?? null;
  const putBack = (snapshotId: string) => {
    const snapshot = snapshots.get(snapshotId);
    if (snapshot) runIfAllowed(snapshotActions(stores, snapshot, t).putBack, (text) => toasts.explain(text));
  };
  const dragAndDropHooks = useGrammarOfList({
    heldOf: (key) => {
      const snapshot = snapshots.get(String(key));
      return snapshot && link.up ? { kind: 'snapshot', snapshot } : null;
    },
  });
  return (
    <LongCollection isLong={isLong} layout={ListLayout} layoutOptions={ROWS}>
      <GridList
        aria-label={t('snapshots.shelfOf', { env: envName })}
        className="time-line"
        items={rows}
        data-long={isLong || undefined}
        dependencies={[lanes, currentSnapshotId]}
        disallowTypeAhead
        keyboardNavigationBehavior="tab"
        dragAndDropHooks={dragAndDropHooks}
        onAction={(key) => putBack(String(key))}
      >
        {(row) => (
          <GridListItem
            id={row.id}
            textValue={row.snapshot.name}
            className="snapshot"
            data-kind={row.snapshot.kind}
            data-now={row.id === currentSnapshotId || undefined}
          >
            <SnapshotRow row={row} lanes={lanes} isNow={row.id === currentSnapshotId} />
          </GridListItem>
        )}
      </GridList>
    </LongCollection>
  );
});
