// Everything a page gets from Electron: `window.desktop`. Requests MessagePorts from main and passes them on to the page, and
// the choice of the connection. Sandboxed: bundled to one file, imports only electron; main/ipc/channels.ts has the same names.
import { contextBridge, ipcRenderer } from 'electron';

// A port can't go through contextBridge; a window message with transfer can bring it to the page, and nowhere else.
ipcRenderer.on('tt:port', (event, id: string) => {
  window.postMessage({ ttPort: id }, window.location.origin, event.ports);
});

contextBridge.exposeInMainWorld('desktop', {
  requestPort: (id: string, want: unknown) => ipcRenderer.invoke('tt:request-port', id, want),
  current: () => ipcRenderer.invoke('tt:connection-current'),
  useThisComputer: () => ipcRenderer.invoke('tt:use-this-computer'),
  useServer: (address: string, token: string, fingerprint: string | null) =>
    ipcRenderer.invoke('tt:use-server', address, token, fingerprint),
  onChange: (listener: (state: unknown) => void) => {
    const pass = (_event: unknown, state: unknown) => listener(state);
    ipcRenderer.on('tt:connection', pass);
    return () => {
      ipcRenderer.off('tt:connection', pass);
    };
  },
});
