// The shelf while it is closed: a strip that says in one line what it is for. While something is held that it takes, it opens over the
// page, of which nothing moves; not below a pointer that is there already, which would drop what it has just taken.
import { Camera } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect, useState } from 'react';
import { ActionButton } from '../components/ActionButton.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { envActions } from '../env/actions.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

/** As wide as the open shelf, in px. */
export const OPEN_WIDTH = 288;

export const ShelfStrip = observer(function ShelfStrip({ isDropTarget }: { isDropTarget: boolean }) {
  const stores = useStores();
  const { view, envs, shelf, drag } = stores;
  const t = useWords();
  const env = view.chosenEnv === null ? undefined : envs.get(view.chosenEnv);
  const isTarget = drag.verbFor({ kind: 'shelf' }) !== null;
  const isFree = usePointerElsewhere(isTarget);
  return (
    <>
      {!shelf.hasSomething && <p className="shelf-hint muted">{t('snapshots.strip')}</p>}
      {env && (
        <div className="shelf-strip-foot">
          <ActionButton kind="quiet" size="small" iconOnly action={envActions(stores, env, t).snapshot} />
        </div>
      )}
      {isTarget && (isFree || isDropTarget) && (
        <div className="shelf-over" style={{ width: OPEN_WIDTH }}>
          <EmptyState small icon={Camera} title={t('snapshots.dropHere')} />
        </div>
      )}
    </>
  );
});

/** Whether the pointer has been left of where the open shelf is since something was taken. */
function usePointerElsewhere(isTarget: boolean): boolean {
  const [isElsewhere, setElsewhere] = useState(false);
  useEffect(() => {
    if (!isTarget) return undefined;
    const look = ({ clientX }: DragEvent) => {
      if (clientX < window.innerWidth - OPEN_WIDTH) setElsewhere(true);
    };
    // Captured, as react-aria keeps the event to itself once a target has it.
    document.addEventListener('dragover', look, { capture: true });
    return () => {
      document.removeEventListener('dragover', look, { capture: true });
      setElsewhere(false);
    };
  }, [isTarget]);
  return isElsewhere;
}
