// The certificate that the server presents, the version that runs, and what the installed one brings.
import type { ServerCertificate, VersionReport } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { CopyChip } from '../components/CopyChip.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { CertificateEnd } from './CertificateEnd.tsx';
import { Installed } from './Installed.tsx';
import { ReportView } from './ReportView.tsx';

export const VersionTab = observer(function VersionTab() {
  const { administration } = useStores();
  const t = useWords();
  return (
    <>
      <section className="panel" aria-label={t('administration.certificate')}>
        <h2>{t('administration.certificate')}</h2>
        <ReportView report={administration.certificate}>
          {([certificate]) => <Certificate certificate={certificate ?? null} />}
        </ReportView>
      </section>
      <section className="panel" aria-label={t('administration.version')}>
        <h2>{t('administration.version')}</h2>
        <ReportView report={administration.version}>{(report) => <Version report={report} />}</ReportView>
      </section>
    </>
  );
});

function Certificate({ certificate }: { certificate: ServerCertificate | null }) {
  const t = useWords();
  const format = useFormat();
  if (certificate === null) return <CertificateEnd certificate={null} />;
  const { origin, subject, issuer, names, fingerprint, authorityFingerprint, validFrom, renewAt, files } = certificate;
  return (
    <dl className="facts">
      <dt>{t('administration.ends')}</dt>
      <dd>
        <CertificateEnd certificate={certificate} />
      </dd>
      <dt>{t('administration.replaced')}</dt>
      <dd>
        {renewAt === null
          ? t('administration.replacedByYou')
          : t('administration.replacedAt', { at: format.dateTime(renewAt) })}
      </dd>
      <dt>{t('administration.validFrom')}</dt>
      <dd className="number">{format.dateTime(validFrom)}</dd>
      <dt>{t('administration.madeBy')}</dt>
      <dd>{origin === 'own' ? t('administration.madeByAgent') : files.join(', ')}</dd>
      <dt>{t('administration.subject')}</dt>
      <dd className="mono">{subject}</dd>
      <dt>{t('administration.issuer')}</dt>
      <dd className="mono">{issuer}</dd>
      <dt>{t('administration.names')}</dt>
      <dd className="mono">{names.join(', ')}</dd>
      <dt>{t('administration.fingerprint')}</dt>
      <dd>
        <Fingerprint value={fingerprint} />
      </dd>
      <dt>{t('administration.authority')}</dt>
      <dd>
        {authorityFingerprint === null ? (
          t('administration.authorityElsewhere')
        ) : (
          <Fingerprint value={authorityFingerprint} />
        )}
      </dd>
    </dl>
  );
}

/** As people compare it: groups of four. */
function Fingerprint({ value }: { value: string }) {
  const t = useWords();
  const text = (value.match(/.{4}/g) ?? []).join(' ');
  return (
    <CopyChip text={text} hint={t('common.copy')} done={t('common.copied')}>
      <span className="mono fingerprint">{text}</span>
    </CopyChip>
  );
}

function Version({ report }: { report: VersionReport }) {
  const t = useWords();
  const format = useFormat();
  const { startedAt, pid, node, program, configFile, stateSchema, changes } = report;
  return (
    <>
      <dl className="facts">
        <dt>{t('administration.runs')}</dt>
        <dd>
          <Installed report={report} />
        </dd>
        <dt>{t('administration.since')}</dt>
        <dd className="number">{format.dateTime(startedAt)}</dd>
        <dt>{t('administration.process')}</dt>
        <dd className="number">{t('administration.processText', { pid, node })}</dd>
        <dt>{t('administration.program')}</dt>
        <dd className="mono">{program}</dd>
        <dt>{t('administration.configuration')}</dt>
        <dd className="mono">{configFile ?? t('administration.noFile')}</dd>
        <dt>{t('administration.schema')}</dt>
        <dd className="number">{format.number(stateSchema)}</dd>
      </dl>
      {changes.map(({ version, text }) => (
        <section key={version} aria-label={t('administration.changesOf', { version })}>
          <h3>{t('administration.changesOf', { version })}</h3>
          <p className="changes">{text}</p>
        </section>
      ))}
    </>
  );
}
