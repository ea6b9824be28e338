// What only a window of the desktop can do: another window, and the size of its text. A browser has its own keys for that.
import { AppWindow, SearchCheck, ZoomIn, ZoomOut } from 'lucide-react';
import type { DesktopRequest } from '../bridge.ts';
import type { Action } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';

/** None in a browser. */
export function desktopActions({ desktop }: Pick<Stores, 'desktop'>, t: Translate): Action[] {
  if (!desktop) return [];
  const action = (
    id: string,
    label: string,
    { icon, shortcut }: Pick<Action, 'icon' | 'shortcut'>,
    request: DesktopRequest,
  ): Action => ({
    id,
    label,
    icon,
    ...(shortcut !== undefined && { shortcut }),
    whyNot: null,
    run: () => desktop.ask(request),
  });
  return [
    action('newWindow', t('shell.newWindow'), { icon: AppWindow, shortcut: 'Ctrl-Shift-N' }, { do: 'newWindow' }),
    action('larger', t('shell.larger'), { icon: ZoomIn, shortcut: 'Ctrl-+' }, { do: 'zoom', step: 'in' }),
    action('smaller', t('shell.smaller'), { icon: ZoomOut }, { do: 'zoom', step: 'out' }),
    action('usualSize', t('shell.usualSize'), { icon: SearchCheck, shortcut: 'Ctrl-0' }, { do: 'zoom', step: 'reset' }),
  ];
}
