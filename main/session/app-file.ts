// A small file of the desktop in the folder of the app (electron-store: whole files only, by a rename).
import { ipcMain } from 'electron';
import Store from 'electron-store';

export function appFile(name: string): { read(): unknown; write(content: Record<string, unknown>): void } {
  const store = new Store<Record<string, unknown>>({ name, clearInvalidConfig: true });
  // electron-store opens a channel for stores in windows, which checks no sender. TT has none there.
  ipcMain.removeAllListeners('electron-store-get-data');
  return {
    read: () => store.store,
    write: (content) => {
      store.store = { ...content };
    },
  };
}
