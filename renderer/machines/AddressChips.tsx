// The addresses of a machine in its ENV as chips that copy them, and what limits it: nothing when it has user networking.
import type { Vm } from '@tt/protocol';
import { Gauge, ShieldBan } from 'lucide-react';
import { CopyChip } from '../components/CopyChip.tsx';
import { useWords } from '../i18n/index.ts';
import { shortVmName } from '../state/vm-name.ts';

export function AddressChips({ vm }: { vm: Vm }) {
  const t = useWords();
  const addressed = vm.nics.flatMap(({ ip, kind, mac }) => (ip === null ? [] : [{ ip, kind, mac }]));
  const limit = vm.nics[0]?.bandwidthMbps ?? null;
  if (addressed.length === 0 && limit === null && vm.spec.blacklist.length === 0) return null;
  return (
    <ul className="ports" aria-label={t('machines.addressOf', { vm: shortVmName(vm.name) })}>
      {addressed.map(({ ip, kind, mac }) => (
        <li key={mac}>
          <CopyChip text={ip} hint={t('envs.portHint', { text: ip })} done={t('envs.portCopied', { text: ip })}>
            <span className="chip-name">{t(`machines.kinds.${kind}`)} </span>
            <span className="mono number">{ip}</span>
          </CopyChip>
        </li>
      ))}
      {limit !== null && (
        <li className="badge">
          <Gauge aria-hidden className="icon" />
          {t('machines.limit', { mbps: limit })}
        </li>
      )}
      {vm.spec.blacklist.length > 0 && (
        <li className="badge" title={vm.spec.blacklist.join(', ')}>
          <ShieldBan aria-hidden className="icon" />
          {t('machines.blocked', { count: vm.spec.blacklist.length })}
        </li>
      )}
    </ul>
  );
}
