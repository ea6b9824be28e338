// The NICs of a machine: kind, address and MAC to copy, bandwidth limit.
import type { Vm } from '@tt/protocol';
import { CopyChip } from '../components/CopyChip.tsx';
import { useWords } from '../i18n/index.ts';

export function NicList({ vm }: { vm: Vm }) {
  const t = useWords();
  const chip = (text: string) => (
    <CopyChip text={text} hint={t('envs.portHint', { text })} done={t('envs.portCopied', { text })}>
      <span className="mono">{text}</span>
    </CopyChip>
  );
  return (
    <ol className="nic-list">
      {vm.nics.map(({ kind, mac, ip, bandwidthMbps }, index) => (
        <li key={mac} aria-label={t('machines.nic', { number: index + 1 })}>
          <span>{t(`machines.kinds.${kind}`)}</span>
          {ip !== null && chip(ip)}
          {chip(mac)}
          <span className="muted">
            {bandwidthMbps === null ? t('machines.noLimit') : t('machines.limit', { mbps: bandwidthMbps })}
          </span>
        </li>
      ))}
    </ol>
  );
}
