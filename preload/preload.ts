// Everything a page gets from Electron: `window.desktop`. Requests MessagePorts from main and passes them on to the page, asks about
// connections, and hears what menus want. Sandboxed: bundled to one file, imports only electron; main/ipc/channels.ts has the same names.
import { contextBridge, ipcRenderer, webUtils } from 'electron';

// A port can't go through contextBridge; a window message with transfer can bring it to the page, and nowhere else.
ipcRenderer.on('tt:port', (event, id: string) => {
  window.postMessage({ ttPort: id }, window.location.origin, event.ports);
});

function listenTo(channel: 'tt:connections-changed' | 'tt:command', listener: (told: unknown) => void): () => void {
  const pass = (_event: unknown, told: unknown) => listener(told);
  ipcRenderer.on(channel, pass);
  return () => {
    ipcRenderer.off(channel, pass);
  };
}

/** Where a file of the page is on this computer, which only this side of the page can ask for, and what the page knows of it. */
function chosen(file: File | null): unknown {
  return file && { path: webUtils.getPathForFile(file), sizeBytes: file.size, changedAtMs: file.lastModified };
}

contextBridge.exposeInMainWorld('desktop', {
  requestPort: (id: string, want: unknown) => ipcRenderer.invoke('tt:request-port', id, want),
  connections: (request: unknown) => ipcRenderer.invoke('tt:connections', request),
  openWindow: (page: unknown) => ipcRenderer.invoke('tt:open-window', page),
  onConnections: (listener: (view: unknown) => void) => listenTo('tt:connections-changed', listener),
  tell: (request: unknown) => ipcRenderer.invoke('tt:desktop', request),
  readOpened: (request: unknown) => ipcRenderer.invoke('tt:read-opened', request),
  sendFile: (id: string, want: unknown, file: File | null) =>
    ipcRenderer.invoke('tt:send-file', id, want, chosen(file)),
  onCommand: (listener: (command: unknown) => void) => listenTo('tt:command', listener),
});
