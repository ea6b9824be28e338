// One window, of TT or of a single console: secure preferences, where it was, shown when there is something to see. The only place that
// makes one.
import { BrowserWindow } from 'electron';
import { START_PAGE } from '../protocol/app-scheme.ts';
import { webPreferences } from './web-preferences.ts';
import type { Size, WindowState } from './window-place.ts';

/** `least`: it can't be made smaller. */
export function createWindow(state: WindowState, least: Size): BrowserWindow {
  const { x, y, width, height, isMaximized, isFullScreen } = state;
  const window = new BrowserWindow({
    title: 'TT',
    ...(x !== null && y !== null && { x, y }),
    width,
    height,
    minWidth: least.width,
    minHeight: least.height,
    show: false,
    backgroundColor: '#101418',
    autoHideMenuBar: true,
    webPreferences,
  });
  window.once('ready-to-show', () => {
    if (isMaximized) window.maximize();
    if (isFullScreen) window.setFullScreen(true);
    window.show();
  });
  return window;
}

/** Loads the page with its view of its connection (renderer/mount-desktop.tsx reads and writes the same address). */
export function loadPage(window: BrowserWindow, { place, connection }: PageState): Promise<void> {
  return window.loadURL(`${START_PAGE}${connection === null ? '' : `?c=${connection}`}${place}`);
}

type PageState = Pick<WindowState, 'place' | 'connection'>;
