// The renderer's only way out: typed calls and byte streams. Desktop, browser and tests each give their own Bridge;
// stores get it in the constructor, components never touch it.
import type { ByteChannel, PacedChannel } from '@tt/client';
import type { TtClient } from '@tt/protocol';

export interface Bridge {
  readonly kind: 'desktop' | 'browser' | 'test';
  /** Typed calls. Every one rejects with a TtError (never anything else). */
  readonly client: TtClient;
  /** Opens a byte stream with a ticket from `client.console.open` or `client.transfer.open`. The channel opens (onopen) when bytes may flow. */
  openStream(ticket: string): ByteChannel;
  /** As `openStream`, for who may be slower than what comes: at most about a MiB that was not dealt with is under way. */
  openPacedStream(ticket: string): PacedChannel;
  /** Browser only: whether this browser has a session, and getting one with a code or token. null on the desktop. */
  readonly login: BrowserLogin | null;
  /** Desktop only: choosing and starting the connection. null in a browser, which is served by its agent. */
  readonly connection: DesktopConnection | null;
}

export interface BrowserLogin {
  /** Takes a one-time code or token and begins a session. Rejects with JOIN_CODE_INVALID or JOIN_TOO_OFTEN. */
  join(code: string): Promise<void>;
  /**
   * Begins a session with a name and a password; resolves with how many wrong ones came before. Rejects with PASSWORD_WRONG or
   * PASSWORD_TOO_OFTEN.
   */
  login(userName: string, password: string): Promise<number>;
  /** Ends this browser's session, at the server and here. */
  leave(): Promise<void>;
  /** The one-time code in the address's fragment, removed from the address as it is read; null when there is none. */
  takeCode(): string | null;
}

export type ConnectionState =
  | { kind: 'none' }
  | { kind: 'starting'; detail: string }
  | { kind: 'connected'; target: 'private' | 'server'; label: string }
  | {
      kind: 'failed';
      code: string;
      message: string;
      fix: string;
      /** Of a server that can be trusted from now on, if the user says so; null for every other failure. */
      fingerprint: string | null;
    };

export interface DesktopConnection {
  current(): Promise<ConnectionState>;
  /** Starts (or finds) the private agent of this computer. */
  useThisComputer(): Promise<ConnectionState>;
  /**
   * Connects to an agent or proxy: `address` as typed, or a join link, which needs no token. `fingerprint`: the authority of the server as the user compared it; null:
   * not compared.
   */
  useServer(address: string, token: string, fingerprint: string | null): Promise<ConnectionState>;
  onChange(listener: (state: ConnectionState) => void): () => void;
}
