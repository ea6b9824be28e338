// The web preferences of every window TT opens. A test asserts them; the e2e host refuses anything weaker.
import type { WebPreferences } from 'electron';
import { places } from '../places.ts';

export const webPreferences = {
  preload: places.preload,
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const satisfies WebPreferences;
