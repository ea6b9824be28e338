// What `electron` means inside the test host: the part of the main process's API that TT uses, modelled strictly. Naming
// anything else in an import fails when the module is linked; reading anything else throws.
import type * as Electron from 'electron';
import { strict } from '../not-modelled.ts';
import { app as modelledApp } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { ipcMain } from './ipc-main.ts';
import { Menu } from './menu.ts';
import { MessageChannelMain } from './message-channel.ts';
import { answerQuestions } from './questions.ts';
import { protocol, session } from './session.ts';
import { nativeImage, safeStorage, screen, shell } from './system.ts';
import { Notification, Tray } from './tray.ts';
import { utilityProcess } from './utility-process.ts';

const app = strict('app', modelledApp);

const modelled = {
  app,
  BrowserWindow,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeImage,
  Notification,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
  utilityProcess,
};
// Nothing may be modelled that Electron does not have.
modelled satisfies { [Name in keyof typeof modelled]: Name extends keyof typeof Electron ? unknown : never };

const electron = strict('', modelled);
answerQuestions(electron);

export default electron;
export {
  app,
  BrowserWindow,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeImage,
  Notification,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
  utilityProcess,
};
