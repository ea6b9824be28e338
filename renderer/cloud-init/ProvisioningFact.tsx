// What a guest says of its setup: state, why it failed, and the last lines of what it printed.
import type { Vm } from '@tt/protocol';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useWords } from '../i18n/index.ts';

export function ProvisioningFact({ vm }: { vm: Vm }) {
  const t = useWords();
  const { state, detail, failure, logTail } = vm.provisioning;
  const output = failure?.code === 'SETUP_FAILED' ? String(failure.data['output']) : '';
  const text = output === '' ? logTail.join('\n') : output;
  return (
    <>
      <span>{t(`cloudInit.states.${state}`)}</span>
      {detail !== '' && <span className="muted"> {detail}</span>}
      {failure && <ErrorNotice error={failure} />}
      {text !== '' && <pre className="mono cloud-init-log">{text}</pre>}
    </>
  );
}
