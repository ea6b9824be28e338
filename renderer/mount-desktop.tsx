// The window of the desktop: one connection at a time is shown, each with stores of its own, so that nothing of one server is ever
// shown as another's. What was looked at there is shown again when one comes back. A console in a window of its own stays with its connection.
import { reaction } from 'mobx';
import { createDesktopBridge, type DesktopSurface, desktopConnections } from './bridge-desktop.ts';
import { ConnectionStore, PRIVATE_ID } from './connections/connection-store.ts';
import { mountWindow } from './mount.tsx';

export async function mountDesktop(desktop: DesktopSurface, element: Element): Promise<void> {
  const only = new URLSearchParams(window.location.search).get('connection');
  const connections = new ConnectionStore(desktopConnections(desktop), only);
  const places = new Map<string | null, string>();
  let leave = () => {};
  const show = (id: string | null) => {
    leave();
    const hash = places.get(id);
    if (hash !== undefined) window.history.replaceState(null, '', hash === '' ? window.location.pathname : hash);
    // Without a connection nothing is called: the window asks for one.
    const bridge = createDesktopBridge(desktop, id ?? PRIVATE_ID);
    const { unmount } = mountWindow(bridge, element, connections);
    leave = () => {
      places.set(id, window.location.hash);
      if (!places.has(connections.shownId)) places.set(connections.shownId, '');
      unmount();
      bridge.close();
    };
  };
  await connections.start();
  reaction(() => connections.shownId, show, { fireImmediately: true });
}
