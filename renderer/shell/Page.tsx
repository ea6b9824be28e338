// Which page stands in the content zone. Consoles (with noVNC and xterm.js, which are large) and what few people open are loaded when first
// asked for.
import { observer } from 'mobx-react-lite';
import { lazy, Suspense } from 'react';
import { ActivityPage } from '../activity/ActivityPage.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { BinPage } from '../board/BinPage.tsx';
import { Board } from '../board/Board.tsx';
import { EnvPage } from '../env/EnvPage.tsx';
import { FilesPage } from '../files-page/FilesPage.tsx';
import { HostsPage } from '../hosts/HostsPage.tsx';
import { ImagesPage } from '../images/ImagesPage.tsx';
import { LabsPage } from '../labs/LabsPage.tsx';
import { SettingsPage } from '../settings/SettingsPage.tsx';
import { formatRoute } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';

const AdministrationPage = lazy(async () => ({
  default: (await import('../administration/AdministrationPage.tsx')).AdministrationPage,
}));
const ConsolePage = lazy(async () => ({ default: (await import('../console-page/ConsolePage.tsx')).ConsolePage }));
const PanesPage = lazy(async () => ({ default: (await import('../panes/PanesPage.tsx')).PanesPage }));
const PlayerPage = lazy(async () => ({ default: (await import('../recordings/PlayerPage.tsx')).PlayerPage }));
const WallPage = lazy(async () => ({ default: (await import('../wall/WallPage.tsx')).WallPage }));
const ConsolesOverview = lazy(async () => ({
  default: (await import('../consoles/ConsolesOverview.tsx')).ConsolesOverview,
}));

const HelpPage = lazy(async () => ({ default: (await import('../help/HelpPage.tsx')).HelpPage }));

export const Page = observer(function Page() {
  const { view } = useStores();
  const { route } = view;
  switch (route.page) {
    case 'envs':
      return <Board />;
    case 'bin':
      return <BinPage />;
    case 'env':
      return <EnvPage envName={route.envName} tab={route.tab} />;
    case 'console':
      return (
        <Suspense fallback={<Spinner />}>
          <ConsolePage key={route.vmId} vmId={route.vmId} asked={route.tab ?? null} isAlone={route.alone ?? false} />
        </Suspense>
      );
    case 'panes':
      return (
        <Suspense fallback={<Spinner />}>
          <PanesPage />
        </Suspense>
      );
    case 'player':
      return (
        <Suspense fallback={<Spinner />}>
          <PlayerPage key={formatRoute(route)} of={route.of ?? null} />
        </Suspense>
      );
    case 'wall':
      return (
        <Suspense fallback={<Spinner />}>
          <WallPage key={route.envName} envName={route.envName} />
        </Suspense>
      );
    case 'files':
      return <FilesPage vmId={route.vmId} path={route.path} />;
    case 'consoles':
      return (
        <Suspense fallback={<Spinner />}>
          <ConsolesOverview />
        </Suspense>
      );
    case 'images':
      return <ImagesPage />;
    case 'labs':
      return <LabsPage />;
    case 'hosts':
      return <HostsPage />;
    case 'activity':
      return <ActivityPage tab={route.tab ?? 'operations'} />;
    case 'administration':
      return (
        <Suspense fallback={<Spinner />}>
          <AdministrationPage tab={route.tab ?? 'overview'} />
        </Suspense>
      );
    case 'settings':
      return <SettingsPage />;
    case 'help':
      return (
        <Suspense fallback={<Spinner />}>
          <HelpPage section={route.section ?? null} />
        </Suspense>
      );
  }
});
