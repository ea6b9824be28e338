// Which machines would be deleted, and why each.
import type { RemovedVm } from '@tt/protocol';
import { useWords } from '../i18n/index.ts';
import { shortVmName } from '../state/vm-name.ts';

export function RemovedVmList({ removed }: { removed: readonly RemovedVm[] }) {
  const t = useWords();
  if (removed.length === 0) return <p role="status">{t('machines.removeNone')}</p>;
  return (
    <div role="status" className="removed">
      <strong>{t('machines.removeWhich')}</strong>
      <ul>
        {removed.map(({ id, name, why }) => (
          <li key={id}>
            <span className="mono">{shortVmName(name)}</span> <span className="muted">{t(`machines.why.${why}`)}</span>
          </li>
        ))}
      </ul>
      <p className="muted">{t('machines.removeText')}</p>
    </div>
  );
}
