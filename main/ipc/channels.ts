// Every IPC channel there is. preload/preload.ts names the same ones (a sandboxed preload is one file and imports
// nothing); channels.test.ts compares the two.
export const channels = {
  /** Window -> main: send me a port (calls of one connection, or one console). */
  requestPort: 'tt:request-port',
  /** Main -> window: here it is. */
  port: 'tt:port',
  /** Window -> main: list, add, change, show, … (connection-requests.ts). */
  connections: 'tt:connections',
  /** Main -> window: something about connections changed. */
  connectionsChanged: 'tt:connections-changed',
  /** Window -> main: open a console in a window of its own. */
  openWindow: 'tt:open-window',
  /** Window -> main: language, keyboard, zoom, … (desktop-requests.ts). */
  desktop: 'tt:desktop',
  /** Main -> window: a menu, the tray or a notification wants something (desktop-commands.ts). */
  command: 'tt:command',
  /** Window -> main: bytes of a file that was opened with TT (desk/opened-files.ts). */
  readOpened: 'tt:read-opened',
  /** Window -> main: send a file that was chosen in the window, or opened with TT (serve-files.ts). */
  sendFile: 'tt:send-file',
} as const;
