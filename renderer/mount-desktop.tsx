// The window of the desktop: one connection at a time is shown, each with stores of its own, so that nothing of one server is ever
// shown as another's. What was looked at there is shown again when one comes back. Which connection it is stands in the address, so
// that each window keeps its own, also over a reload and a restart. A console in a window of its own never shows another.
import { reaction, when } from 'mobx';
import type { DesktopCommand } from './bridge.ts';
import { createDesktopBridge, type DesktopSurface, desktopConnections } from './bridge-desktop.ts';
import { ConnectionStore, PRIVATE_ID } from './connections/connection-store.ts';
import { mountWindow } from './mount.tsx';
import { DesktopStore } from './settings/desktop-store.ts';
import { translate } from './i18n/index.ts';
import { carryOut, mayLeave } from './shell/desktop-commands.ts';
import { type ForeignFile, foreignFile, takeOpened } from './shell/opened-files.ts';
import { tellDesktop } from './shell/tell-desktop.ts';
import { parseRoute } from './state/route.ts';
import type { Stores } from './state/stores.ts';

/** Of the address: the id of the connection. */
const CONNECTION = 'c';

export async function mountDesktop(desktop: DesktopSurface, element: Element): Promise<void> {
  const asked = new URLSearchParams(window.location.search).get(CONNECTION);
  const start = parseRoute(window.location.hash);
  const isAlone = start.page === 'console' && start.alone === true;
  const connections = new ConnectionStore(desktopConnections(desktop), asked, isAlone);
  const places = new Map<string | null, string>();
  const around = new DesktopStore((request) => desktop.tell(request));
  let leave = () => {};
  let now: Stores | null = null;
  const opened: ForeignFile[] = [];
  let stopWaiting = () => {};
  // Files that were opened wait for a server that takes them: the app may have been started by them.
  const takeWhenReady = (stores: Stores) => {
    stopWaiting();
    stopWaiting = when(
      () => stores.session.state === 'ready' && stores.link.up,
      () => void takeOpened(stores, opened.splice(0), translate),
    );
  };
  const show = (id: string | null) => {
    leave();
    window.history.replaceState(null, '', addressOf(id, places.get(id) ?? window.location.hash));
    // Without a connection nothing is called: the window asks for one.
    const bridge = createDesktopBridge(desktop, id ?? PRIVATE_ID);
    const { stores, unmount } = mountWindow(bridge, element, connections, around);
    now = stores;
    takeWhenReady(stores);
    const stopTelling = tellDesktop((request) => around.ask(request), stores.settings);
    leave = () => {
      stopTelling();
      places.set(id, window.location.hash);
      if (!places.has(connections.shownId)) places.set(connections.shownId, '');
      unmount();
      bridge.close();
    };
  };
  const carryOutHere = (command: DesktopCommand) => {
    if (!now) return;
    if ('open' in command) {
      opened.push(...command.open.map((file) => foreignFile(desktop.readOpened, file)));
      takeWhenReady(now);
    } else if (!('show' in command)) {
      carryOut(now, command);
    } else if (command.show !== connections.shownId) {
      if (!mayLeave(now)) return;
      // Its window begins there, also if its link is not there yet.
      if (command.go !== null) places.set(command.show, command.go);
      void connections.show(command.show);
    } else if (command.go !== null) carryOut(now, { go: command.go });
  };
  await connections.start();
  desktop.onCommand(carryOutHere);
  reaction(() => connections.shownId, show, { fireImmediately: true });
}

function addressOf(id: string | null, hash: string): string {
  const search = id === null ? '' : `?${new URLSearchParams({ [CONNECTION]: id })}`;
  return `${window.location.pathname}${search}${hash}`;
}
