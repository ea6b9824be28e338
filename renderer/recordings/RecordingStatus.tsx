// In the status bar while screens are recorded: whose, and the way to the console where it is stopped.
import { observer } from 'mobx-react-lite';
import { Button as AriaButton } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';

export const RecordingStatus = observer(function RecordingStatus() {
  const { recordings, view, vms } = useStores();
  const t = useWords();
  return [...recordings.running.keys()].map((vmId) => {
    const vm = vms.get(vmId);
    if (!vm) return null;
    return (
      <AriaButton
        key={vmId}
        className="status-item"
        onPress={() => view.go({ page: 'console', envName: vm.envName, vmId, tab: 'screen' })}
      >
        {t('recordings.running', { vm: shortVmName(vm.name) })}
      </AriaButton>
    );
  });
});
