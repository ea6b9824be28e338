// Ports of this computer that lead to ports of guests, for the system's browser: one for each port that was opened in a window. Bytes go
// through the connection to the server, so that what it takes to reach that is all it takes. Each is at 127.0.0.1, for this user alone.
import { linkToStream, type LocalPort, type NodeConnection, openLocalPort } from '@tt/client/node';

/** Pages load a dozen things at once. */
const MOST_CONNECTIONS = 64;
/** The one that was opened first is closed for another. */
const MOST_FORWARDS = 32;

export interface PortForwardsOptions {
  /** The present link of a connection. Throws while there is none. */
  link: (connectionId: string) => Pick<NodeConnection, 'client' | 'openStreamSocket'>;
  /** Default: client/node's; tests give their own. */
  openPort?: typeof openLocalPort;
}

export class PortForwards {
  readonly #options: PortForwardsOptions;
  /** The first opened first. */
  readonly #open = new Map<string, LocalPort>();

  constructor(options: PortForwardsOptions) {
    this.#options = options;
  }

  /**
   * The port of this computer for that of the guest; the same while it is open. Rejects as `console.openPort` does (VM_NOT_RUNNING,
   * FEATURE_UNSUPPORTED), as the connection is (AGENT_UNREACHABLE), or with LISTEN_FAILED.
   */
  async open(connectionId: string, vmId: string, guestPort: number): Promise<number> {
    const ticketOf = () => this.#options.link(connectionId).client.console.openPort({ vmId, guestPort });
    // Said now, and not by a page that does not load. The ticket expires unused.
    await ticketOf();
    const key = JSON.stringify([connectionId, vmId, guestPort]);
    const known = this.#open.get(key);
    if (known) return known.port;
    const { openPort = openLocalPort } = this.#options;
    const opened = await openPort({
      port: 0,
      most: MOST_CONNECTIONS,
      // Asked for anew each time: the connection may have been lost and be there again.
      connect: (socket) => linkToStream(this.#options.link(connectionId), ticketOf, socket),
      // The browser sees that its connection is closed. Why nothing can be reached was said when the port was opened.
      onProblem: () => {},
    });
    // Two windows may have asked at once.
    const other = this.#open.get(key);
    if (other) {
      opened.close();
      return other.port;
    }
    this.#open.set(key, opened);
    for (const [first, port] of [...this.#open].slice(0, -MOST_FORWARDS)) {
      port.close();
      this.#open.delete(first);
    }
    return opened.port;
  }

  /** At the end of the app. */
  closeAll(): void {
    for (const port of this.#open.values()) port.close();
    this.#open.clear();
  }
}
