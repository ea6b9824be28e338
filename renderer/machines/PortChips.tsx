// The forwarded ports of a machine as chips: a click copies what one types to use them.
import type { Vm } from '@tt/protocol';
import { CopyChip } from '../components/CopyChip.tsx';
import { useWords } from '../i18n/index.ts';
import { shortVmName } from '../state/vm-name.ts';
import { portName, portText } from './port-text.ts';

export function PortChips({ vm }: { vm: Vm }) {
  const t = useWords();
  if (vm.portMap.length === 0) return null;
  return (
    <ul className="ports" aria-label={t('envs.ports', { vm: shortVmName(vm.name) })}>
      {vm.portMap.map((mapping) => {
        const text = portText(mapping);
        const name = portName(mapping);
        return (
          <li key={`${mapping.protocol}${mapping.guestPort}`}>
            <CopyChip text={text} hint={t('envs.portHint', { text })} done={t('envs.portCopied', { text })}>
              <span className="chip-name">{name} </span>
              <span className="mono number">{mapping.hostPort}</span>
            </CopyChip>
          </li>
        );
      })}
    </ul>
  );
}
