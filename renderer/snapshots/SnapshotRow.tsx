// One snapshot on the timeline: its place in the drawing, name, when, of what, how big, how long, picture; handle and menu.
import { automaticSnapshot, type Snapshot } from '@tt/protocol';
import { GripVertical } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton } from 'react-aria-components';
import { useFormat } from '../i18n/format.ts';
import { snapshotLabel, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { rowHeight } from './row-height.ts';
import { SnapshotMenu } from './SnapshotMenu.tsx';
import { SnapshotNameField } from './SnapshotNameField.tsx';
import { SnapshotPicture } from './SnapshotPicture.tsx';
import { suggestSnapshotName } from './snapshot-name.ts';
import { picturedVm } from './snapshot-pictures.ts';
import { TimelineGraph } from './TimelineGraph.tsx';
import type { TimelineRow } from './timeline.ts';

export interface SnapshotRowProps {
  row: TimelineRow;
  snapshot: Snapshot;
  lanes: number;
  isCurrent: boolean;
  /** Whose tree it is; null: the ENV's. */
  vmId: string | null;
}

export const SnapshotRow = observer(function SnapshotRow({ row, snapshot, lanes, isCurrent, vmId }: SnapshotRowProps) {
  const t = useWords();
  const { snapshots } = useStores();
  const label = snapshotLabel(snapshot.name);
  const isNamed = snapshots.renaming === snapshot.id;
  const height = rowHeight(row, vmId, isNamed);
  const isPictured = snapshot.kind !== 'safety' && picturedVm(snapshot, vmId) !== null;
  return (
    <>
      <TimelineGraph row={row} lanes={lanes} height={height} isCurrent={isCurrent} />
      <div className="snapshot-text">
        {isNamed ? (
          <SnapshotNameField
            label={t('snapshots.nameOf', { snapshot: snapshot.name })}
            name={nameToChange(snapshot.name, snapshots.ofEnv(snapshot.envName))}
            takesFocus
            give={(name) => snapshots.giveName(snapshot, name)}
            end={() => snapshots.rename(null)}
          />
        ) : (
          <>
            <div className="snapshot-name">
              <span className="ellipsis mono" {...(snapshot.title === '' ? {} : { title: snapshot.title })}>
                {label}
              </span>
              {isCurrent && <span className="visually-hidden">{t('snapshots.currentSnapshot')}</span>}
              <Expiry snapshot={snapshot} />
            </div>
            <Facts snapshot={snapshot} />
          </>
        )}
        {isPictured && <SnapshotPicture snapshot={snapshot} vmId={vmId} size="large" />}
        {snapshot.notes && <div className="snapshot-notes ellipsis">{snapshot.notes}</div>}
        {snapshot.leftOut && <div className="snapshot-notes muted">{t('snapshots.longNotes')}</div>}
      </div>
      <AriaButton slot="drag" className="grip" aria-label={t('common.drag', { name: label })}>
        <GripVertical aria-hidden className="icon" />
      </AriaButton>
      <SnapshotMenu snapshot={snapshot} />
    </>
  );
});

/** Of one that nobody named: what a new one would be called. */
function nameToChange(name: string, all: readonly Snapshot[]): string {
  return automaticSnapshot(name) === null ? name : suggestSnapshotName(all);
}

/** When, of what, how big. */
function Facts({ snapshot }: { snapshot: Snapshot }) {
  const t = useWords();
  const format = useFormat();
  const { kind, name, scope, vms, createdAt, sizeBytes } = snapshot;
  const [only] = vms;
  const what =
    scope === 'vm' && only && vms.length === 1
      ? shortVmName(only.vmName)
      : t('snapshots.ofEnv', { count: vms.filter(({ removed }) => !removed).length });
  const withRam = vms.some(({ hasRam }) => hasRam);
  return (
    <div className="snapshot-facts muted">
      {/* What TT took is called by its time. */}
      {automaticSnapshot(name) === null && <span className="number">{format.time(createdAt)}</span>}
      <span className="ellipsis">{what}</span>
      {kind !== 'safety' && withRam && <span className="number">{format.bytes(sizeBytes)}</span>}
      {!withRam && <span>{t('snapshots.diskOnly')}</span>}
    </div>
  );
}

const Expiry = observer(function Expiry({ snapshot: { expiresAt } }: { snapshot: Snapshot }) {
  const t = useWords();
  const format = useFormat();
  const { clock } = useStores();
  if (expiresAt === null) return null;
  return (
    <span className="snapshot-expiry number muted" title={t('snapshots.deletedAt', { time: format.time(expiresAt) })}>
      {t('snapshots.deletedIn', { left: format.duration(Date.parse(expiresAt) - clock.known) })}
    </span>
  );
});
