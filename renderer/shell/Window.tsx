// The whole window: before a session the login, after it the zones.
import { observer } from 'mobx-react-lite';
import { useEffect, useRef } from 'react';
import { OperationNews } from '../activity/OperationNews.tsx';
import { ConnectionBar } from '../connections/ConnectionBar.tsx';
import { useContextMenus } from '../components/context-menus.ts';
import { useConnectionKeys } from '../connections/use-connection-keys.ts';
import { useFileDrags } from '../guest-files/file-drags.ts';
import { useWords } from '../i18n/index.ts';
import { Welcome } from '../onboarding/Welcome.tsx';
import { useRecordingGuard } from '../recordings/use-recording-guard.ts';
import { PAGE } from '../snapshots/drag-grammar.ts';
import { DragHint } from '../snapshots/DragHint.tsx';
import { useGrammarTarget } from '../snapshots/use-grammar.tsx';
import { Shelf } from './Shelf.tsx';
import { formatRoute } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';
import { Dialogs } from './Dialogs.tsx';
import { LinkBanner } from './LinkBanner.tsx';
import { Page } from './Page.tsx';
import { Rail } from './Rail.tsx';
import { StatusBar } from './StatusBar.tsx';
import { Toasts } from './Toasts.tsx';
import { TopBar } from './TopBar.tsx';
import { useSecondClicks } from './second-clicks.ts';
import { useKeptScroll } from './use-kept-scroll.ts';
import { useWindowKeys } from './use-window-keys.ts';
import { windowTitle } from './window-title.ts';

export const Window = observer(function Window() {
  const stores = useStores();
  const { session, view } = stores;
  const isAlone = view.route.page === 'console' && view.route.alone === true;
  const title = windowTitle(stores, useWords());
  useEffect(() => {
    document.title = title;
  }, [title]);
  useConnectionKeys();
  useContextMenus();
  useSecondClicks();
  useRecordingGuard();
  if (session.state !== 'ready') {
    return (
      <>
        <Welcome />
        <Dialogs />
        <Toasts />
      </>
    );
  }
  return (
    <>
      {isAlone ? <Alone /> : <Zones />}
      <Dialogs />
      <Toasts />
      <DragHint />
      <OperationNews />
    </>
  );
});

/** A console in a window of its own: the page, and whether what it shows is of now. */
const Alone = observer(function Alone() {
  const { link } = useStores();
  return (
    <main className="window-alone" data-stale={link.isStale || undefined}>
      <LinkBanner />
      <Page />
    </main>
  );
});

const Zones = observer(function Zones() {
  const { drag, link, shelf, view } = useStores();
  useWindowKeys();
  useFileDrags();
  const { page } = view.route;
  const zones = useRef<HTMLDivElement>(null);
  const { dropProps } = useGrammarTarget(PAGE, zones);
  const content = useRef<HTMLElement>(null);
  useKeptScroll(content, formatRoute(view.route));
  const withShelf = page === 'envs' || page === 'env' || page === 'console';
  return (
    <div
      {...dropProps}
      ref={zones}
      className="window"
      data-dragging={drag.held?.kind}
      data-stale={link.isStale || undefined}
      data-shelf={withShelf ? (shelf.isOpen ? 'open' : 'closed') : 'none'}
      data-page={page}
    >
      <Rail />
      <div className="middle">
        <ConnectionBar />
        <TopBar />
        <LinkBanner />
        <main className="content" ref={content} data-drop-target={drag.hoveredVerb?.do === 'importImages' || undefined}>
          <Page />
        </main>
      </div>
      {withShelf && <Shelf />}
      <StatusBar />
    </div>
  );
});
