// The timeline of an ENV as a table: every snapshot with its facts and notes; the shelf stays the place to drag from.
import type { Env } from '@tt/protocol';
import { Camera } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { EmptyState } from '../components/EmptyState.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { SnapshotPicture } from '../snapshots/SnapshotPicture.tsx';
import { SnapshotMenu } from '../snapshots/SnapshotMenu.tsx';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';

export const EnvTimeLine = observer(function EnvTimeLine({ env }: { env: Env }) {
  const { snapshots } = useStores();
  const t = useWords();
  const format = useFormat();
  const all = snapshots.ofEnv(env.name).toReversed();
  if (all.length === 0) {
    return (
      <EmptyState icon={Camera} title={t('snapshots.empty')}>
        <p className="muted">{t('snapshots.emptyText')}</p>
      </EmptyState>
    );
  }
  return (
    <ul className="rows" aria-label={t('snapshots.shelfOf', { env: env.name })}>
      {all.map((snapshot) => (
        <li key={snapshot.id} className="rows-item" data-kind={snapshot.kind}>
          <span className="number muted rows-time">{format.time(snapshot.createdAt)}</span>
          <SnapshotPicture snapshot={snapshot} />
          <div className="rows-main">
            <div>
              <strong className="mono">{snapshot.name}</strong> {snapshot.title}{' '}
              {snapshot.kind === 'safety' && <span className="tag">{t('snapshots.safety')}</span>}
              {snapshot.kind === 'scheduled' && <span className="tag">{t('snapshots.scheduled')}</span>}
            </div>
            <div className="muted">
              {snapshot.vms.map(({ vmName }) => shortVmName(vmName)).join(', ')}
              {' · '}
              {snapshot.vms.some(({ hasRam }) => hasRam) ? t('snapshots.withRam') : t('snapshots.diskOnly')}
              {' · '}
              {t('snapshots.stoodStill', { ms: format.number(Math.round(snapshot.pausedMs)) })}
              {snapshot.expiresAt !== null && ` · ${t('snapshots.goesAt', { time: format.time(snapshot.expiresAt) })}`}
            </div>
            {snapshot.notes && <div>{snapshot.notes}</div>}
          </div>
          <span className="number muted">{format.bytes(snapshot.sizeBytes)}</span>
          <SnapshotMenu snapshot={snapshot} />
        </li>
      ))}
    </ul>
  );
});
