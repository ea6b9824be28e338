// Disk space of the host, and who stores how much.
import type { StorageReport } from '@tt/protocol';
import { HardDrive } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { EmptyState } from '../components/EmptyState.tsx';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import { MeterBar } from '../components/MeterBar.tsx';
import { Use } from '../hosts/Use.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ReportView } from './ReportView.tsx';

const HEIGHT = 52;

export const StorageTab = observer(function StorageTab() {
  const { administration } = useStores();
  return (
    <ReportView report={administration.storage} everyMs={30_000}>
      {(report) => <Storage report={report} />}
    </ReportView>
  );
});

function Storage({ report }: { report: StorageReport }) {
  const t = useWords();
  const format = useFormat();
  const { users, leftOut, measuredAt } = report;
  return (
    <>
      <section className="panel" aria-label={t('administration.space')}>
        <h2>{t('administration.space')}</h2>
        <div className="host-bars">
          <Use
            name={t('administration.used')}
            used={report.totalMiB - report.freeMiB}
            total={report.totalMiB}
            format={format.mebibytes}
          >
            {t('administration.usable', { free: format.mebibytes(report.usableMiB) })}
          </Use>
          <Use
            name={t('administration.allocated')}
            used={report.allocatedMiB}
            total={report.allocatableMiB}
            format={format.mebibytes}
          >
            {t('administration.allocatedText')}
          </Use>
        </div>
        <dl className="facts">
          <dt>{t('administration.driver')}</dt>
          <dd className="mono">{report.description}</dd>
          <dt>{t('administration.directory')}</dt>
          <dd className="mono">{report.directory}</dd>
          <dt>{t('administration.stateDirectory')}</dt>
          <dd className="mono">{report.stateDirectory}</dd>
        </dl>
      </section>
      <h2 className="page-subtitle">{t('administration.byUser')}</h2>
      <p className="muted">
        {measuredAt === null
          ? t('administration.notMeasured')
          : t('administration.measuredAt', { at: format.timeWithSeconds(measuredAt) })}
      </p>
      {users.length === 0 && <EmptyState icon={HardDrive} title={t('administration.nothingStored')} small />}
      {users.length > 0 && (
        <Rows items={users} keyOf={({ userName }) => userName} height={HEIGHT} label={t('administration.byUser')}>
          {(user, place) => <UserRow key={user.userName} user={user} place={place} />}
        </Rows>
      )}
      {leftOut > 0 && <p className="muted">{t('common.andMore', { count: leftOut })}</p>}
    </>
  );
}

function UserRow({ user, place }: { user: StorageReport['users'][number]; place: RowPlace }) {
  const t = useWords();
  const format = useFormat();
  const { userName, totalMiB, limitMiB } = user;
  const total = format.mebibytes(totalMiB);
  return (
    <li className="rows-item" {...place}>
      <div className="rows-main">
        <strong>{userName}</strong>
        <div className="muted">
          {t('administration.storedParts', {
            disks: format.mebibytes(user.diskMiB),
            snapshots: format.mebibytes(user.snapshotMiB),
            images: format.mebibytes(user.imageMiB),
            transfers: format.mebibytes(user.transferMiB),
          })}
        </div>
      </div>
      <div className="stored">
        <span className="number">
          {limitMiB === null ? total : t('hosts.of', { used: total, total: format.mebibytes(limitMiB) })}
        </span>
        {limitMiB === null ? (
          <span className="muted small">{t('hosts.youNoLimits')}</span>
        ) : (
          <MeterBar label={`${userName}: ${total}`} used={totalMiB} total={limitMiB} />
        )}
      </div>
    </li>
  );
}
