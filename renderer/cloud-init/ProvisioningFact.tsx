// What a guest says of its setup: state, why it failed, and the last lines of what it printed.
import { termText, type Vm } from '@tt/protocol';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { termsOf } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';

export function ProvisioningFact({ vm }: { vm: Vm }) {
  const t = useWords();
  const { state, detail, detailData, failure, logTail = [] } = vm.provisioning;
  const words = termsOf(useLanguage());
  const output = failure?.code === 'SETUP_FAILED' ? String(failure.data['output']) : '';
  const text = output === '' ? logTail.join('\n') : output;
  return (
    <>
      <span>{t(`cloudInit.states.${state}`)}</span>
      {detail !== '' && <span className="muted"> {termText('provisioning', detail, detailData, words)}</span>}
      {failure && <ErrorNotice error={failure} />}
      {text !== '' && <pre className="mono cloud-init-log">{text}</pre>}
    </>
  );
}
