// What needs attention, the last hour, and a few facts with the way to the rest.
import { observer } from 'mobx-react-lite';
import { Link } from 'react-aria-components';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { CertificateEnd } from './CertificateEnd.tsx';
import { Findings } from './Findings.tsx';
import { HourCharts } from './HourCharts.tsx';
import { Installed } from './Installed.tsx';
import { useReport } from './use-report.ts';

export const OverviewTab = observer(function OverviewTab() {
  const { administration } = useStores();
  const t = useWords();
  const format = useFormat();
  const { version, certificate } = administration;
  useReport(version);
  useReport(certificate);
  return (
    <>
      <Findings />
      <HourCharts />
      <section className="panel" aria-label={t('administration.server')}>
        <h2>{t('administration.server')}</h2>
        <dl className="facts">
          {version.value && (
            <>
              <dt>{t('administration.version')}</dt>
              <dd>
                <Installed report={version.value} />
              </dd>
              <dt>{t('administration.since')}</dt>
              <dd className="number">{format.dateTime(version.value.startedAt)}</dd>
            </>
          )}
          {certificate.value && (
            <>
              <dt>{t('administration.certificate')}</dt>
              <dd>
                <CertificateEnd certificate={certificate.value[0] ?? null} />
              </dd>
            </>
          )}
          <dt>{t('administration.audit')}</dt>
          <dd>
            <Link href="#/activity/history" className="link">
              {t('administration.auditLink')}
            </Link>
          </dd>
        </dl>
      </section>
    </>
  );
});
