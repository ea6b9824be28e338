// The shelf: timeline of the chosen ENV, on the right of every page. Machines and ENVs are dropped here to
// snapshot them; snapshots are dragged from here to revert machines.
import { Camera, PanelRightClose, PanelRightOpen } from 'lucide-react';
import { computed } from 'mobx';
import { observer } from 'mobx-react-lite';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { ActionButton } from '../components/ActionButton.tsx';
import { Button } from '../components/Button.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { envActions } from '../env/actions.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { PointerPlace } from '../snapshots/shelf-store.ts';
import { savingOf } from '../snapshots/saving.ts';
import { SavingSnapshots } from '../snapshots/SavingSnapshots.tsx';
import { NewSnapshotName } from '../snapshots/NewSnapshotName.tsx';
import { EnvTree } from '../snapshots/EnvTree.tsx';
import { useGrammarTarget } from '../snapshots/use-grammar.tsx';
import { OPEN_WIDTH, ShelfStrip } from './ShelfStrip.tsx';

/** Where the styles take space from the board as well. */
const NARROW = '(max-width: 900px)';

export const Shelf = observer(function Shelf() {
  const stores = useStores();
  const { view, envs, snapshots, shelf, drag } = stores;
  const t = useWords();
  const ref = useRef<HTMLElement>(null);
  const drop = useGrammarTarget({ kind: 'shelf' }, ref);
  const isTarget = drag.verbFor({ kind: 'shelf' }) !== null;
  // Files over it are over the window.
  const isDropTarget = drop.isDropTarget && isTarget;
  const env = view.chosenEnv === null ? undefined : envs.get(view.chosenEnv);
  const count = env ? snapshots.ofEnv(env.name).length : 0;
  const envName = env?.name;
  // Operations begin and end all the time; the shelf is drawn anew when there is another number of these.
  const saving = useMemo(
    () => computed(() => (envName === undefined ? 0 : savingOf(stores, envName).length)),
    [stores, envName],
  ).get();
  const can = env ? envActions(stores, env, t) : null;
  const { isOpen, stand } = shelf;
  // Before it is drawn, and before it is kept open.
  useLayoutEffect(() => {
    const narrow = matchMedia(NARROW);
    const look = () => shelf.setNarrow(narrow.matches);
    look();
    narrow.addEventListener('change', look);
    return () => narrow.removeEventListener('change', look);
  }, [shelf]);
  useEffect(() => shelf.follow(), [shelf]);
  useEffect(() => followPointer((place) => shelf.setPointer(place)), [shelf]);
  return (
    <aside
      {...drop.dropProps}
      ref={ref}
      tabIndex={-1}
      className="shelf"
      aria-label={t('snapshots.shelf')}
      data-open={isOpen || undefined}
      data-over={stand === 'over' || undefined}
      data-low={shelf.isLow || undefined}
      data-drop-target={isDropTarget || undefined}
      data-valid-target={isTarget || undefined}
    >
      <header className="shelf-head">
        {isOpen && (
          <h2>
            {t('snapshots.shelf')}
            {env && <span className="muted mono ellipsis">{env.name}</span>}
          </h2>
        )}
        <Button
          kind="quiet"
          size="small"
          icon={isOpen ? PanelRightClose : PanelRightOpen}
          label={isOpen ? t('shell.hideShelf') : t('shell.showShelf')}
          onPress={() => shelf.toggle()}
        />
      </header>
      {!isOpen && <ShelfStrip isDropTarget={isDropTarget} />}
      {isOpen && (
        <div className="shelf-body">
          {!env && <EmptyState small title={t('snapshots.nothingChosen')} />}
          {env && count === 0 && saving === 0 && (
            <EmptyState small icon={Camera} title={t('snapshots.empty')}>
              <p className="muted">{t('snapshots.emptyText')}</p>
            </EmptyState>
          )}
          {env && count > 0 && <EnvTree key={env.name} envName={env.name} />}
        </div>
      )}
      {isOpen && env && <SavingSnapshots envName={env.name} />}
      {isOpen && env && <NewSnapshotName envName={env.name} />}
      {isOpen && can && (
        <footer className="shelf-foot">
          <ActionButton kind="quiet" iconOnly action={can.diskUsage} />
          <ActionButton kind="quiet" iconOnly action={can.snapshotWith} />
          <ActionButton action={can.snapshot} />
        </footer>
      )}
    </aside>
  );
});

/** Tells where the pointer is, also with something held, until the answer is called. */
function followPointer(tell: (place: PointerPlace) => void): () => void {
  const look = ({ target, clientX }: MouseEvent) => {
    const isOnPage = target instanceof Element && target.closest('.middle') !== null;
    tell(!isOnPage ? 'elsewhere' : clientX < window.innerWidth - OPEN_WIDTH ? 'page' : 'edge');
  };
  const leave = () => tell('elsewhere');
  const over = ['pointerover', 'pointermove', 'dragover'] as const;
  // Captured, as react-aria keeps events of a drag to itself.
  for (const kind of over) document.addEventListener(kind, look, { capture: true });
  document.documentElement.addEventListener('pointerleave', leave);
  return () => {
    for (const kind of over) document.removeEventListener(kind, look, { capture: true });
    document.documentElement.removeEventListener('pointerleave', leave);
    leave();
  };
}
