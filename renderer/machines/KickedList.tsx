// Which machines would be deleted, and why each.
import type { Kicked } from '@tt/protocol';
import { useWords } from '../i18n/index.ts';
import { shortVmName } from '../state/vm-name.ts';

export function KickedList({ kicked }: { kicked: readonly Kicked[] }) {
  const t = useWords();
  if (kicked.length === 0) return <p role="status">{t('machines.removeNone')}</p>;
  return (
    <div role="status" className="kicked">
      <strong>{t('machines.removeWhich')}</strong>
      <ul>
        {kicked.map(({ id, name, why }) => (
          <li key={id}>
            <span className="mono">{shortVmName(name)}</span> <span className="muted">{t(`machines.why.${why}`)}</span>
          </li>
        ))}
      </ul>
      <p className="muted">{t('machines.removeText')}</p>
    </div>
  );
}
