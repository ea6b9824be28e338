// Everything a page gets from Electron: `window.desktop`. Requests MessagePorts from main and passes them on to the page, and
// asks about connections. Sandboxed: bundled to one file, imports only electron; main/ipc/channels.ts has the same names.
import { contextBridge, ipcRenderer } from 'electron';

// A port can't go through contextBridge; a window message with transfer can bring it to the page, and nowhere else.
ipcRenderer.on('tt:port', (event, id: string) => {
  window.postMessage({ ttPort: id }, window.location.origin, event.ports);
});

contextBridge.exposeInMainWorld('desktop', {
  requestPort: (id: string, want: unknown) => ipcRenderer.invoke('tt:request-port', id, want),
  connections: (request: unknown) => ipcRenderer.invoke('tt:connections', request),
  openWindow: (page: unknown) => ipcRenderer.invoke('tt:open-window', page),
  onConnections: (listener: (view: unknown) => void) => {
    const pass = (_event: unknown, view: unknown) => listener(view);
    ipcRenderer.on('tt:connections-changed', pass);
    return () => {
      ipcRenderer.off('tt:connections-changed', pass);
    };
  },
});
