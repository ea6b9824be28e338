// The window of the desktop: one connection at a time is shown, each with stores of its own, so that nothing of one server is ever
// shown as another's. What was looked at there is shown again when one comes back.
import { reaction } from 'mobx';
import type { DesktopRequest } from './bridge.ts';
import { createDesktopBridge, type DesktopSurface, desktopConnections } from './bridge-desktop.ts';
import { ConnectionStore, PRIVATE_ID } from './connections/connection-store.ts';
import { mountWindow } from './mount.tsx';
import { carryOut } from './shell/desktop-commands.ts';
import { tellDesktop } from './shell/tell-desktop.ts';

export async function mountDesktop(desktop: DesktopSurface, element: Element): Promise<void> {
  const connections = new ConnectionStore(desktopConnections(desktop));
  const places = new Map<string | null, string>();
  // What main does not take is a fault of this very program, and is in its log.
  const ask = (request: DesktopRequest) => void desktop.tell(request).catch(() => {});
  let leave = () => {};
  const show = (id: string | null) => {
    leave();
    const hash = places.get(id);
    if (hash !== undefined) window.history.replaceState(null, '', hash === '' ? window.location.pathname : hash);
    // Without a connection nothing is called: the window asks for one.
    const bridge = createDesktopBridge(desktop, id ?? PRIVATE_ID);
    const { stores, unmount } = mountWindow(bridge, element, connections, ask);
    const stopTelling = tellDesktop(ask, stores.settings);
    const stopListening = desktop.onCommand((command) => carryOut(stores, command));
    leave = () => {
      stopListening();
      stopTelling();
      places.set(id, window.location.hash);
      if (!places.has(connections.shownId)) places.set(connections.shownId, '');
      unmount();
      bridge.close();
    };
  };
  await connections.start();
  reaction(() => connections.shownId, show, { fireImmediately: true });
}
