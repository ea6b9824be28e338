// What menus, the tray and notifications of the desktop want: done by the window’s own actions, which refuse it for the same reasons
// as a button would.
import type { DesktopCommand } from '../bridge.ts';
import { runIfAllowed } from '../components/action.ts';
import { addConnectionAction } from '../connections/actions.ts';
import { newEnvAction } from '../env/actions.ts';
import { translate } from '../i18n/index.ts';
import { parseRoute } from '../state/route.ts';
import type { Stores } from '../state/stores.ts';

/** What is about the connection that the window shows. Another one is shown by the desktop’s mount-desktop.tsx first. */
export type OwnCommand = Exclude<DesktopCommand, { show: string }>;

export function carryOut(stores: Stores, command: OwnCommand): void {
  const { view, toasts, session } = stores;
  const explain = (text: string) => toasts.explain(text);
  if ('explain' in command) {
    explain(command.explain);
    return;
  }
  // Before there is a connection there is nothing to go to; a server can be added all the same.
  if (session.state !== 'ready' && !('run' in command && command.run === 'addServer')) return;
  if ('go' in command) {
    view.close();
    view.go(parseRoute(command.go));
    return;
  }
  switch (command.run) {
    case 'newEnv':
      runIfAllowed(newEnvAction(stores, translate), explain);
      return;
    case 'addServer':
      runIfAllowed(addConnectionAction(stores, translate) ?? undefined, explain);
      return;
    case 'palette':
      view.open({ kind: 'palette' });
      return;
    case 'shelf':
      stores.settings.toggleShelf();
      return;
    case 'keys':
      view.open({ kind: 'keys' });
  }
}
