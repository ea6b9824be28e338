// Which machines would be deleted, and why each.
import type { RemovedVm } from '@tt/protocol';
import { useWords } from '../i18n/index.ts';
import { Rows } from '../components/lists/Rows.tsx';
import { shortVmName } from '../state/vm-name.ts';

export function RemovedVmList({ removed }: { removed: readonly RemovedVm[] }) {
  const t = useWords();
  if (removed.length === 0) return <p role="status">{t('machines.removeNone')}</p>;
  return (
    <div role="status" className="removed">
      <strong>{t('machines.removeWhich')}</strong>
      <Rows items={removed} keyOf={({ id }) => id} height={20} className="removed-list">
        {({ id, name, why }, place) => (
          <li key={id} {...place}>
            <span className="mono">{shortVmName(name)}</span> <span className="muted">{t(`machines.why.${why}`)}</span>
          </li>
        )}
      </Rows>
      <p className="muted">{t('machines.removeText')}</p>
    </div>
  );
}
