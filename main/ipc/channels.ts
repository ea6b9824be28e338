// Every IPC channel there is. preload/preload.ts names the same ones (a sandboxed preload is one file and imports
// nothing); channels.test.ts compares the two.
export const channels = {
  /** Window -> main: send me a port (calls, or one console). */
  requestPort: 'tt:request-port',
  /** Main -> window: here it is. */
  port: 'tt:port',
  current: 'tt:connection-current',
  useThisComputer: 'tt:use-this-computer',
  useServer: 'tt:use-server',
  /** Main -> window: the connection changed. */
  connection: 'tt:connection',
} as const;
