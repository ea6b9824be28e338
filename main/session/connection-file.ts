// The file of the desktop's connections, in the folder of the app (electron-store: whole files only, by a rename).
import { ipcMain } from 'electron';
import Store from 'electron-store';
import type { ConnectionFile } from './saved-connections.ts';

export function connectionFile(): ConnectionFile {
  const store = new Store<Record<string, unknown>>({ name: 'connection', clearInvalidConfig: true });
  // electron-store opens a channel for stores in windows, which checks no sender. TT has none there.
  ipcMain.removeAllListeners('electron-store-get-data');
  return {
    read: () => store.store,
    write: (content) => {
      store.store = { ...content };
    },
  };
}
