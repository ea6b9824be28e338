// One snapshot on the time line: its place in the drawing, name, when, of what; handle and menu.
import { GripVertical } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton } from 'react-aria-components';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { shortVmName } from '../state/vm-store.ts';
import { SnapshotMenu } from './SnapshotMenu.tsx';
import { TimeLineGraph } from './TimeLineGraph.tsx';
import type { TimeLineRow } from './time-line.ts';

export interface SnapshotRowProps {
  row: TimeLineRow;
  lanes: number;
  isNow: boolean;
}

export const SnapshotRow = observer(function SnapshotRow({ row, lanes, isNow }: SnapshotRowProps) {
  const t = useWords();
  const format = useFormat();
  const { snapshot } = row;
  const [only] = snapshot.vms;
  const what =
    snapshot.scope === 'vm' && only
      ? shortVmName(only.vmName)
      : t('snapshots.ofEnv', { count: snapshot.vms.filter(({ removed }) => !removed).length });
  const withRam = snapshot.vms.some(({ hasRam }) => hasRam);
  return (
    <>
      <TimeLineGraph row={row} lanes={lanes} isNow={isNow} />
      <div className="snapshot-text">
        <div className="snapshot-name">
          <span className="ellipsis mono">{snapshot.kind === 'safety' ? t('snapshots.safety') : snapshot.name}</span>
          {isNow && (
            <span className="tag" title={t('snapshots.standsHere')}>
              {t('snapshots.now')}
            </span>
          )}
        </div>
        <div className="snapshot-facts muted">
          <span className="number">{format.time(snapshot.createdAt)}</span>
          <span className="ellipsis">{what}</span>
          {!withRam && <span>{t('snapshots.diskOnly')}</span>}
        </div>
        {snapshot.notes !== '' && <div className="snapshot-notes ellipsis">{snapshot.notes}</div>}
      </div>
      <AriaButton slot="drag" className="grip" aria-label={t('common.drag', { name: snapshot.name })}>
        <GripVertical aria-hidden className="icon" />
      </AriaButton>
      <SnapshotMenu snapshot={snapshot} />
    </>
  );
});
