// What the doctor of the host finds: what needs attention first, each with its fixes to copy; what is fine is folded.
import { type HostFinding, termText } from '@tt/protocol';
import { RefreshCw } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { CopyChip } from '../components/CopyChip.tsx';
import { Rows } from '../components/lists/Rows.tsx';
import type { Mark } from '../components/marks.ts';
import { StateLabel } from '../components/StateLabel.tsx';
import { useFormat } from '../i18n/format.ts';
import { termsOf } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { findingWords, fixWords } from './finding-words.ts';
import { ReportView } from './ReportView.tsx';

const marks: Readonly<Record<HostFinding['state'], Mark>> = { ok: 'done', warning: 'paused', failed: 'failed' };
/** A finding with one fix. */
const HEIGHT = 68;

export const Findings = observer(function Findings() {
  const { administration, link } = useStores();
  const { findings } = administration;
  const t = useWords();
  const format = useFormat();
  return (
    <section className="panel" aria-label={t('administration.findings')}>
      <header className="host-head">
        <h2>{t('administration.findings')}</h2>
        {findings.value && (
          <span className="muted">
            {t('administration.lookedAt', { at: format.timeWithSeconds(findings.value.at) })}
          </span>
        )}
        <span className="spacer" />
        <Button
          size="small"
          icon={RefreshCw}
          isBusy={administration.isLookingAgain}
          whyNot={link.whyNot}
          onPress={() => void administration.lookAgain()}
        >
          {t('administration.lookAgain')}
        </Button>
      </header>
      <ReportView report={findings}>{(value) => <Found findings={value.findings} />}</ReportView>
    </section>
  );
});

function Found({ findings }: { findings: readonly HostFinding[] }) {
  const t = useWords();
  const of = (state: HostFinding['state']) => findings.filter((finding) => finding.state === state);
  const troubled = [...of('failed'), ...of('warning')];
  const fine = of('ok');
  return (
    <>
      {troubled.length === 0 && <StateLabel mark="done" word={t('administration.allFine')} />}
      <FindingRows label={t('administration.attention')} findings={troubled} />
      {fine.length > 0 && (
        <details className="fine">
          <summary>{t('administration.fine', { count: fine.length })}</summary>
          <FindingRows label={t('administration.fine', { count: fine.length })} findings={fine} />
        </details>
      )}
    </>
  );
}

function FindingRows({ label, findings }: { label: string; findings: readonly HostFinding[] }) {
  const t = useWords();
  const language = useLanguage();
  if (findings.length === 0) return null;
  return (
    <Rows items={findings} keyOf={({ name }) => name} height={HEIGHT} label={label}>
      {(finding, place) => (
        <li key={finding.name} className="rows-item" {...place}>
          <span className="finding-state">
            <StateLabel mark={marks[finding.state]} word={t(`administration.states.${finding.state}`)} />
          </span>
          <div className="rows-main">
            <strong>{termText('check', finding.name, {}, termsOf(language))}</strong>
            <div>{findingWords(finding, language)}</div>
            {fixWords(finding, language).map((fix) => (
              <div key={fix} className="finding-fix">
                <CopyChip text={fix} hint={t('common.copy')} done={t('common.copied')}>
                  {fix}
                </CopyChip>
              </div>
            ))}
          </div>
        </li>
      )}
    </Rows>
  );
}
