// Which way out this window has: Electron's when its preload ran, else the browser's.
import type { Bridge } from './bridge.ts';
import { createBrowserBridge } from './bridge-browser.ts';
import { createDesktopBridge } from './bridge-desktop.ts';

export function chooseBridge(): Bridge {
  return window.desktop ? createDesktopBridge(window.desktop) : createBrowserBridge();
}
