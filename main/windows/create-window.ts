// One window of TT, or of a single console: secure preferences, where it was, shown when there is something to see.
import { BrowserWindow } from 'electron';
import { START_PAGE } from '../protocol/app-scheme.ts';
import { MIN_POP_OUT } from './pop-out.ts';
import { webPreferences } from './web-preferences.ts';
import { MIN_HEIGHT, MIN_WIDTH, type WindowState } from './window-place.ts';

export function createWindow(state: WindowState, isAlone: boolean): BrowserWindow {
  const { x, y, width, height, isMaximized, isFullScreen } = state;
  const window = new BrowserWindow({
    title: 'TT',
    ...(x !== null && y !== null && { x, y }),
    width,
    height,
    minWidth: isAlone ? MIN_POP_OUT.width : MIN_WIDTH,
    minHeight: isAlone ? MIN_POP_OUT.height : MIN_HEIGHT,
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
