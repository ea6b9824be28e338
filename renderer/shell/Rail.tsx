// The rail: the pages of the window, icon and word.
import { observer } from 'mobx-react-lite';
import { Link } from 'react-aria-components';
import { Sign } from '../onboarding/Sign.tsx';
import { useWords } from '../i18n/index.ts';
import type { Route } from '../state/route.ts';
import { formatRoute } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';
import { type RailPage, railPlaces } from './places.ts';

export const Rail = observer(function Rail() {
  const { view, me } = useStores();
  const t = useWords();
  const current = railPage(view.route);
  const shown = railPlaces.filter(({ forAdmins = false }) => me.isAdmin || !forAdmins);
  return (
    <nav className="rail" aria-label={t('shell.rail')}>
      <Sign size={26} />
      {shown.map(({ page, icon: Icon }) => (
        <Link
          key={page}
          href={formatRoute({ page })}
          className="rail-item"
          {...(page === current ? { 'aria-current': 'page' as const } : {})}
          data-last={page === 'settings' || undefined}
        >
          <Icon aria-hidden className="rail-icon" />
          <span>{t(`shell.${page}`)}</span>
          {page === 'activity' && <RunningCount />}
        </Link>
      ))}
    </nav>
  );
});

/** Follows the operations alone. */
const RunningCount = observer(function RunningCount() {
  const { operations, link } = useStores();
  const { length } = operations.shown;
  if (link.isStale || length === 0) return null;
  return (
    <span className="rail-count number" aria-hidden="true">
      {length}
    </span>
  );
});

/** null: a page that is not on the rail. */
function railPage(route: Route): RailPage | null {
  const { page } = route;
  if (page === 'help') return null;
  if (page === 'env' || page === 'files' || page === 'bin') return 'envs';
  return page === 'console' || page === 'wall' || page === 'panes' || page === 'player' ? 'consoles' : page;
}
