// What menus, the tray and notifications of the desktop want: done by the window’s own actions, which refuse it for the same reasons
// as a button would.
import type { DesktopCommand } from '../bridge.ts';
import { runIfAllowed } from '../components/action.ts';
import { addConnectionAction } from '../connections/actions.ts';
import { newEnvAction } from '../env/actions.ts';
import { translate } from '../i18n/index.ts';
import { parseRoute } from '../state/route.ts';
import type { Stores } from '../state/stores.ts';

/** What is about the connection that the window shows. Another one is shown by the desktop’s mount-desktop.tsx first; files: opened-files.ts. */
export type OwnCommand = Exclude<DesktopCommand, { show: string } | { open: unknown }>;

export function carryOut(stores: Stores, command: OwnCommand): void {
  const { view, toasts, session, shelf } = stores;
  const explain = (text: string) => toasts.explain(text);
  if ('explain' in command) {
    explain(command.explain);
    return;
  }
  // Before there is a connection there is nothing to go to; a server can be added all the same.
  if (session.state !== 'ready' && !('run' in command && command.run === 'addServer')) return;
  if ('run' in command && command.run === 'shelf') {
    shelf.toggle();
    return;
  }
  if (!mayLeave(stores)) return;
  view.close();
  if ('go' in command) {
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
    case 'keys':
      view.open({ kind: 'keys' });
      return;
    case 'shelf':
    // It was done above, as it closes nothing.
  }
}

/** False, and says why, while a dialog is open that something may have been typed into: it would be lost. */
export function mayLeave({ view, toasts }: Pick<Stores, 'view' | 'toasts'>): boolean {
  const { dialog } = view;
  if (!dialog || dialog.kind === 'palette' || dialog.kind === 'keys') return true;
  toasts.explain(translate('shell.closeDialogFirst'));
  return false;
}
