// One snapshot on the timeline: its place in the drawing, picture, name, when, of what, how big, how long; handle and menu.
import { GripVertical } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton } from 'react-aria-components';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { SnapshotPicture } from './SnapshotPicture.tsx';
import { SnapshotMenu } from './SnapshotMenu.tsx';
import { TimelineGraph } from './TimelineGraph.tsx';
import type { TimelineRow } from './timeline.ts';

export interface SnapshotRowProps {
  row: TimelineRow;
  lanes: number;
  isNow: boolean;
}

export const SnapshotRow = observer(function SnapshotRow({ row, lanes, isNow }: SnapshotRowProps) {
  const t = useWords();
  const format = useFormat();
  const { clock } = useStores();
  const { snapshot } = row;
  const [only] = snapshot.vms;
  const what =
    snapshot.scope === 'vm' && only
      ? shortVmName(only.vmName)
      : t('snapshots.ofEnv', { count: snapshot.vms.filter(({ removed }) => !removed).length });
  const withRam = snapshot.vms.some(({ hasRam }) => hasRam);
  return (
    <>
      <TimelineGraph row={row} lanes={lanes} isNow={isNow} />
      {snapshot.kind !== 'safety' && <SnapshotPicture snapshot={snapshot} />}
      <div className="snapshot-text">
        <div className="snapshot-name">
          <span className="ellipsis mono" {...(snapshot.title === '' ? {} : { title: snapshot.title })}>
            {snapshot.kind === 'safety' ? t('snapshots.safety') : snapshot.name}
          </span>
          {isNow && (
            <span className="tag" title={t('snapshots.currentSnapshot')}>
              {t('snapshots.now')}
            </span>
          )}
          {snapshot.expiresAt !== null && (
            <span
              className="snapshot-expiry number muted"
              title={t('snapshots.deletedAt', { time: format.time(snapshot.expiresAt) })}
            >
              {t('snapshots.deletedIn', { left: format.duration(Date.parse(snapshot.expiresAt) - clock.known) })}
            </span>
          )}
        </div>
        <div className="snapshot-facts muted">
          <span className="number">{format.time(snapshot.createdAt)}</span>
          <span className="ellipsis">{what}</span>
          {snapshot.kind !== 'safety' && withRam && <span className="number">{format.bytes(snapshot.sizeBytes)}</span>}
          {!withRam && <span>{t('snapshots.diskOnly')}</span>}
        </div>
        {snapshot.notes && <div className="snapshot-notes ellipsis">{snapshot.notes}</div>}
        {snapshot.leftOut && <div className="snapshot-notes muted">{t('snapshots.longNotes')}</div>}
      </div>
      <AriaButton slot="drag" className="grip" aria-label={t('common.drag', { name: snapshot.name })}>
        <GripVertical aria-hidden className="icon" />
      </AriaButton>
      <SnapshotMenu snapshot={snapshot} />
    </>
  );
});
