// The rows of a timeline: each can be taken (pointer, or Enter on its handle) and has its verbs in a menu. The last is the present.
import { observer } from 'mobx-react-lite';
import { type KeyboardEvent, useMemo } from 'react';
import { GridList, GridListItem, ListLayout } from 'react-aria-components';
import { actionOfKey, runIfAllowed } from '../components/action.ts';
import { LongCollection } from '../components/lists/LongCollection.tsx';
import { useIsLong } from '../components/lists/long-list.ts';
import { snapshotLabel, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { snapshotActions } from './actions.ts';
import { holdEnv } from './drag-grammar.ts';
import { NowRow } from './NowRow.tsx';
import { rowHeight } from './row-height.ts';
import { SnapshotRow } from './SnapshotRow.tsx';
import { NOW, nodesOf, timeline } from './timeline.ts';
import { useGrammarOfList } from './use-grammar.tsx';

/** Rows with pictures are higher: they are measured. */
const ROWS = { estimatedRowSize: 44 };

export interface SnapshotListProps {
  envName: string;
  /** Only the tree of this machine; null: of the ENV. */
  vmId: string | null;
}

export const SnapshotList = observer(function SnapshotList({ envName, vmId }: SnapshotListProps) {
  const stores = useStores();
  const { snapshots, envs, link, toasts } = stores;
  const t = useWords();
  const all = snapshots.ofEnv(envName);
  const env = envs.get(envName);
  const currentSnapshotId = env?.currentSnapshotId ?? null;
  const rows = useMemo(() => timeline(nodesOf(all, currentSnapshotId, vmId)), [all, currentSnapshotId, vmId]);
  const isLong = useIsLong(rows.length);
  const lanes = rows.reduce((most, { lane }) => Math.max(most, lane + 1), 1);
  // In the tree of one machine it is the nearest snapshot with that machine.
  const current = rows.at(-1)?.parentId ?? null;
  const { renaming } = snapshots;
  const actionsOf = (key: string) => {
    const snapshot = snapshots.get(key);
    return snapshot && snapshotActions(stores, snapshot, t);
  };
  const explain = (text: string) => toasts.explain(text);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const row = (event.target as HTMLElement).dataset['key'];
    const actions = row === undefined ? undefined : actionsOf(row);
    if (actions && runIfAllowed(actionOfKey(actions, event.key), explain)) event.preventDefault();
  };
  const dragAndDropHooks = useGrammarOfList({
    heldOf: (key) => {
      // In the field for its name the pointer chooses letters.
      if (!link.up || key === renaming) return null;
      // The present can be held too: it is the ENV.
      if (key === NOW) return env ? holdEnv(env) : null;
      const snapshot = snapshots.get(String(key));
      return snapshot ? { kind: 'snapshot', snapshot } : null;
    },
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the rows inside it
    <div className="timeline-place" onKeyDown={onKeyDown}>
      <LongCollection isLong={isLong} layout={ListLayout} layoutOptions={ROWS}>
        <GridList
          aria-label={t('snapshots.shelfOf', { env: envName })}
          className="timeline"
          items={rows}
          data-long={isLong || undefined}
          dependencies={[lanes, current, vmId, renaming]}
          disallowTypeAhead
          keyboardNavigationBehavior="tab"
          dragAndDropHooks={dragAndDropHooks}
          onAction={(key) => void runIfAllowed(actionsOf(String(key))?.revert, explain)}
        >
          {(row) => (
            <GridListItem
              id={row.id}
              textValue={row.snapshot ? snapshotLabel(row.snapshot.name) : t('snapshots.now')}
              className="snapshot"
              style={{ height: rowHeight(row, vmId, row.id === renaming) }}
              data-kind={row.snapshot?.kind ?? NOW}
              data-current={row.id === current || undefined}
            >
              {row.snapshot ? (
                <SnapshotRow
                  row={row}
                  snapshot={row.snapshot}
                  lanes={lanes}
                  isCurrent={row.id === current}
                  vmId={vmId}
                />
              ) : (
                <NowRow row={row} lanes={lanes} envName={envName} from={snapshots.get(current ?? '')} />
              )}
            </GridListItem>
          )}
        </GridList>
      </LongCollection>
    </div>
  );
});
