// The timeline of an ENV as a table: every snapshot with its facts and notes; the shelf stays the place to drag from.
import type { Env, Snapshot } from '@tt/protocol';
import { Camera } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { EmptyState } from '../components/EmptyState.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import { savingOf } from '../snapshots/saving.ts';
import { SavingSnapshots } from '../snapshots/SavingSnapshots.tsx';
import { SnapshotName } from '../snapshots/SnapshotName.tsx';
import { SnapshotPicture } from '../snapshots/SnapshotPicture.tsx';
import { SnapshotMenu } from '../snapshots/SnapshotMenu.tsx';
import { picturedVm } from '../snapshots/snapshot-pictures.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';

export const EnvTimeline = observer(function EnvTimeline({ env }: { env: Env }) {
  const stores = useStores();
  const t = useWords();
  const all = stores.snapshots.ofEnv(env.name).toReversed();
  const isSaving = savingOf(stores, env.name).length > 0;
  if (all.length === 0 && !isSaving) {
    return (
      <EmptyState icon={Camera} title={t('snapshots.empty')}>
        <p className="muted">{t('snapshots.emptyText')}</p>
      </EmptyState>
    );
  }
  return (
    <>
      <SavingSnapshots envName={env.name} />
      <Rows items={all} keyOf={({ id }) => id} height={121} label={t('snapshots.shelfOf', { env: env.name })}>
        {(snapshot, place) => <TimelineRow key={snapshot.id} snapshot={snapshot} place={place} />}
      </Rows>
    </>
  );
});

const TimelineRow = observer(function TimelineRow({ snapshot, place }: { snapshot: Snapshot; place: RowPlace }) {
  const t = useWords();
  const format = useFormat();
  return (
    <li className="rows-item" data-kind={snapshot.kind} {...place}>
      <span className="number muted rows-time">{format.time(snapshot.createdAt)}</span>
      <SnapshotPicture snapshot={snapshot} size={picturedVm(snapshot, null) === null ? 'small' : 'large'} />
      <div className="rows-main">
        <div>
          <SnapshotName name={snapshot.name} /> {snapshot.title}
        </div>
        <div className="muted">
          {someNames(
            snapshot.vms.map(({ vmName }) => shortVmName(vmName)),
            t,
          )}
          {' · '}
          {snapshot.vms.some(({ hasRam }) => hasRam) ? t('snapshots.withRam') : t('snapshots.diskOnly')}
          {' · '}
          {t('snapshots.pausedFor', { ms: format.number(Math.round(snapshot.pausedMs)) })}
          {snapshot.expiresAt !== null && ` · ${t('snapshots.deletedAt', { time: format.time(snapshot.expiresAt) })}`}
        </div>
        {snapshot.notes && <div>{snapshot.notes}</div>}
        {snapshot.leftOut && <div className="muted">{t('snapshots.longNotes')}</div>}
      </div>
      <span className="number muted">{format.bytes(snapshot.sizeBytes)}</span>
      <SnapshotMenu snapshot={snapshot} />
    </li>
  );
});
