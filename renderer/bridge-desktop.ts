// The bridge inside Electron: the preload's `window.desktop` hands over MessagePorts to main, which talks to the agent.
// The window itself opens no socket. choose-bridge.ts takes it when `window.desktop` is there.
import type { ClientContext, ClientLink } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { clientOver } from '@tt/client';
import { TtError } from '@tt/protocol';
import type {
  Bridge,
  ConnectionRequest,
  ConnectionsAnswer,
  ConnectionsView,
  DesktopCommand,
  DesktopConnections,
  DesktopRequest,
  DesktopState,
  ReadOpened,
} from './bridge.ts';
import { type SendFile, sendFileOf } from './bridge-desktop-file.ts';
import { receivePort } from './bridge-desktop-port.ts';
import { openPacedPortChannel, openPortChannel } from './bridge-desktop-stream.ts';

/** What preload/preload.ts puts on `window`: the whole of it. */
export interface DesktopSurface {
  /** Asks main for a port, which then arrives as a window message `{ttPort: id}`. Rejects when main refuses. */
  requestPort(id: string, want: PortRequest): Promise<void>;
  /** Never rejects for what is wrong with a connection: that is an answer. */
  connections(request: ConnectionRequest): Promise<ConnectionsAnswer>;
  /** Opens the address of a console in a window of its own, of this connection. False: too many are open. Rejects for another address. */
  openWindow(page: { connection: string; hash: string }): Promise<boolean>;
  /** Returns the function that stops listening. */
  onConnections(listener: (view: ConnectionsView) => void): () => void;
  /** Rejects only for what is no such request. */
  tell(request: DesktopRequest): Promise<DesktopState>;
  readonly readOpened: ReadOpened;
  /** Has main send a file of this computer. Rejects while there is no connection. */
  readonly sendFile: SendFile;
  /** Returns the function that stops listening. */
  onCommand(listener: (command: DesktopCommand) => void): () => void;
}

/** What a port is wanted for: all calls of a connection, or one console. `connection`: its id. */
export type PortRequest =
  | { kind: 'calls'; connection: string }
  | { kind: 'console'; connection: string; ticket: string };

declare global {
  interface Window {
    readonly desktop?: DesktopSurface;
  }
}

export function desktopConnections(desktop: DesktopSurface): DesktopConnections {
  return {
    ask: (request) => desktop.connections(request),
    onChange: (listener) => desktop.onConnections(listener),
  };
}

/** A bridge to one connection and no other; `close` ends what it holds in main. */
export function createDesktopBridge(desktop: DesktopSurface, connection: string): Bridge & { close(): void } {
  let link: Promise<ClientLink<ClientContext>> | null = null;
  let openPort: MessagePort | null = null;
  let isClosed = false;
  const portFor = (want: PortRequest) => receivePort((id) => desktop.requestPort(id, want));

  function calls(): Promise<ClientLink<ClientContext>> {
    if (isClosed) return Promise.reject(new TtError('AGENT_GONE', { call: 'window' }));
    if (link) return link;
    const opening = portFor({ kind: 'calls', connection }).then((port) => {
      openPort = port;
      port.addEventListener('close', forget);
      const opened = new RPCLink<ClientContext>({ port });
      // Heard after the link, which has dealt with it by then: main reads no feed for a window that stalls.
      port.addEventListener('message', () => port.postMessage({ type: 'ack' }));
      port.start();
      return opened;
    });
    function forget(): void {
      if (link === opening) link = null;
    }
    opening.catch(forget);
    link = opening;
    return opening;
  }

  return {
    kind: 'desktop',
    client: clientOver({ call: async (path, input, options) => (await calls()).call(path, input, options) }),
    openStream: (ticket) => openPortChannel(portFor({ kind: 'console', connection, ticket })),
    putRest: (rest) => sendFileOf(rest, connection, desktop.sendFile),
    openPacedStream: (ticket) => openPacedPortChannel(portFor({ kind: 'console', connection, ticket })),
    login: null,
    openWindow: (hash) => desktop.openWindow({ connection, hash }),
    close() {
      isClosed = true;
      openPort?.close();
    },
  };
}
