// One window of TT, beside those of single consoles (pop-out.ts): secure preferences, where it was, shown when there is something to see.
import { BrowserWindow } from 'electron';
import { START_PAGE } from '../protocol/app-scheme.ts';
import { webPreferences } from './web-preferences.ts';
import { MIN_HEIGHT, MIN_WIDTH, type WindowState } from './window-place.ts';

export function createWindow({ x, y, width, height, isMaximized, isFullScreen }: WindowState): BrowserWindow {
  const window = new BrowserWindow({
    title: 'TT',
    ...(x !== null && y !== null && { x, y }),
    width,
    height,
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
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
