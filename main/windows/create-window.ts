// The window of TT, beside those of single consoles (pop-out.ts): secure preferences, shown when there is something to see.
import { BrowserWindow } from 'electron';
import { START_PAGE } from '../protocol/app-scheme.ts';
import { mainWindows } from './pop-out.ts';
import { webPreferences } from './web-preferences.ts';

export async function createWindow(): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    title: 'TT',
    width: 1280,
    height: 820,
    minWidth: 760,
    minHeight: 520,
    show: false,
    backgroundColor: '#101418',
    autoHideMenuBar: true,
    webPreferences,
  });
  window.once('ready-to-show', () => window.show());
  await window.loadURL(START_PAGE);
  return window;
}

/** Brings the window to the front; makes one when there is none. */
export async function showWindow(): Promise<void> {
  const [window] = mainWindows();
  if (!window) {
    await createWindow();
    return;
  }
  if (window.isMinimized()) window.restore();
  window.focus();
}
