// The renderer's only way out: typed calls and byte streams. Desktop, browser and tests each give their own Bridge;
// stores get it in the constructor, components never touch it.
import type { ByteChannel, PacedChannel, RestOfFile } from '@tt/client';
import type { ErrorRecord, TtClient } from '@tt/protocol';

export interface Bridge {
  readonly kind: 'desktop' | 'browser' | 'test';
  /** Typed calls. Every one rejects with a TtError (never anything else). */
  readonly client: TtClient;
  /** Opens a byte stream with a ticket from `client.console.open` or `client.transfer.open`. The channel opens (onopen) when bytes may flow. */
  openStream(ticket: string): ByteChannel;
  /** Sends the rest of a chosen file as one request, beside the page (`TransferLink`). null: files go by streams alone. */
  readonly putRest: ((rest: RestOfFile) => Promise<unknown>) | null;
  /** As `openStream`, for who may be slower than what comes: at most about a MiB that was not dealt with is under way. */
  openPacedStream(ticket: string): PacedChannel;
  /** Opens the address of a console in a window of its own. False: the browser blocks it, or too many are open. */
  openWindow(hash: string): Promise<boolean>;
  /** Browser only: whether this browser has a session, and getting one with a code or token. null on the desktop. */
  readonly login: BrowserLogin | null;
}

export interface BrowserLogin {
  /** Takes a one-time code or token and begins a session. Rejects with JOIN_CODE_INVALID or JOIN_TOO_OFTEN. */
  join(code: string): Promise<void>;
  /**
   * Begins a session with a name and a password; resolves with how many wrong ones came before. Rejects with PASSWORD_WRONG or
   * PASSWORD_TOO_OFTEN.
   */
  login(userName: string, password: string): Promise<number>;
  /** By the OpenID provider of the server. */
  readonly byProvider: ProviderLogin;
  /** Ends this browser's session, at the server and here. */
  leave(): Promise<void>;
  /** The one-time code in the address's fragment, removed from the address as it is read; null when there is none. */
  takeCode(): string | null;
  /**
   * Calls `listener` with the code of a join link that is pasted into the address while the page is open, removed from the address as
   * it is read: where the page was stays. Returns the function that stops listening.
   */
  onCode(listener: (code: string) => void): () => void;
}

/** The OpenID provider of the server. */
export interface LoginProvider {
  /** What people call it. */
  name: string;
  /** Where a browser must be to log in by it; null: it is there. */
  elsewhere: string | null;
}

export interface ProviderLogin {
  /** null: the server has none. */
  provider(): Promise<LoginProvider | null>;
  /** Leaves for the provider, or first for the address where that can begin. */
  begin(provider: LoginProvider): Promise<void>;
  /** The code of a login that is over, removed from the address as it is read; null when there is none. */
  takeCode(): string | null;
  /** Begins a session with it. Rejects with LOGIN_EXPIRED, or what the login failed with. */
  finish(code: string): Promise<void>;
}

/** Names: each theme has its own shade. */
export const connectionColors = ['teal', 'blue', 'violet', 'green', 'amber', 'red'] as const;
export type ConnectionColor = (typeof connectionColors)[number];

/** How one connection of the desktop is, as main/session/connection-state.ts says. */
export type ConnectionLink =
  | { kind: 'off' }
  | { kind: 'connecting' }
  | { kind: 'connected' }
  /** Tried again automatically. `since`: when it last answered, null if it never has; `retryAt`: null while an attempt is under way. ISO 8601. */
  | { kind: 'lost'; since: string | null; retryAt: string | null; failure: ErrorRecord }
  | { kind: 'refused'; failure: ErrorRecord };

/** Where an ssh server is, and who logs in there. */
export interface SshServer {
  /** Empty: as ~/.ssh/config says, else the user of this computer. */
  user: string;
  /** Name, address, or what ~/.ssh/config calls it. */
  host: string;
  /** 0: as ~/.ssh/config says, else 22. */
  port: number;
}

/** How a server is reached over ssh; without secrets. */
export interface SshWay {
  server: SshServer;
  /** Reached first, by the same login; null: none. */
  jump: SshServer | null;
  login: 'agent' | 'key' | 'password';
  /** Path of the key; empty: the one that ~/.ssh/config says, and for other logins. */
  keyFile: string;
}

/** The same with what it takes to log in. */
export interface SshRoute {
  server: SshServer;
  jump: SshServer | null;
  login:
    | { kind: 'agent' }
    /** An empty file for the one that ~/.ssh/config says; an empty passphrase for a key that is not encrypted. */
    | { kind: 'key'; file: string; passphrase: string }
    | { kind: 'password'; password: string };
}

export interface ConnectionView {
  id: string;
  kind: 'private' | 'server';
  /** Empty for the private agent: the catalogues have a word for it. */
  name: string;
  color: ConnectionColor;
  /** Base address; null for the private agent. */
  address: string | null;
  /** PEM of what is pinned, which is no secret; null: what the system trusts, or plain HTTP. */
  authority: string | null;
  /** null: not over ssh. */
  ssh: SshWay | null;
  /** Shown at the start of the desktop. */
  isDefault: boolean;
  link: ConnectionLink;
}

export interface ConnectionsView {
  connections: ConnectionView[];
  /** Id of the connection that the window shows; null: none was chosen yet. */
  shown: string | null;
  /** A link from outside that waits for the user's decision: the address of a server with its code, or what is wrong with it. */
  offered: { address: string } | { failure: ErrorRecord } | null;
}

export type ConnectionRequest =
  | { do: 'list' }
  | { do: 'show' | 'open' | 'close' | 'remove'; id: string }
  | { do: 'change'; id: string; name: string; color: ConnectionColor }
  | { do: 'setDefault'; id: string | null }
  /** The link from outside has been decided about. */
  | { do: 'dismiss' }
  | { do: 'import'; servers: ImportedServer[] }
  | { do: 'sshNames' }
  | { do: 'certificate'; id: string }
  /** A port of this computer that leads to a forwarded port of a guest. */
  | { do: 'openPort'; id: string; vmId: string; guestPort: number }
  | ({ do: 'add' } & NewServer);

/** A server of a file: without secrets, which are asked for later. */
export interface ImportedServer {
  name: string;
  color: ConnectionColor;
  address: string;
  authority: string | null;
  ssh: SshWay | null;
}

/** By a password, or in the browser, by the OpenID provider of the server. */
export type WayIn = { kind: 'password'; userName: string; password: string } | { kind: 'browser' };

export interface NewServer {
  /** As typed, or a join link, which needs no token. */
  address: string;
  token: string;
  /** Another way to a token; absent: that one. */
  wayIn?: WayIn | undefined;
  /** The authority of the server as the user compared it; null: not compared. */
  fingerprint: string | null;
  /** null: not over ssh. */
  ssh: SshRoute | null;
  /** Fingerprints of ssh host keys that the user compared and accepts. */
  sshKeys: string[];
  /** Empty: the host of the address. */
  name: string;
  /** null: one that no other connection has. */
  color: ConnectionColor | null;
}

export type ConnectionsAnswer =
  /** `sshNames`: what ~/.ssh/config calls servers, for suggestions; `certificate`: null without TLS. If they were asked. */
  | {
      ok: true;
      view: ConnectionsView;
      sshNames?: string[];
      certificate?: ServerCertificate | null;
      localPort?: number;
    }
  | { ok: false; failure: ErrorRecord };

/** What a server presents now; whether it is trusted is another question. */
export interface ServerCertificate {
  /** Host names and addresses. */
  names: string[];
  /** ISO 8601. */
  validFrom: string;
  validTo: string;
  /** Name of who signed it. */
  issuer: string;
  /** SHA-256 of the top of its chain, 64 hexadecimal digits. */
  fingerprint: string;
}

/** Desktop only: its connections, which the main process keeps. A browser is served by its agent. */
export interface DesktopConnections {
  ask(request: ConnectionRequest): Promise<ConnectionsAnswer>;
  /** Returns the function that stops listening. */
  onChange(listener: (view: ConnectionsView) => void): () => void;
}

/** What a window tells the desktop around it. */
export type DesktopRequest =
  | { do: 'hello'; language: 'en' | 'zh-CN' }
  /** A console has the keyboard: no key belongs to a menu. */
  | { do: 'keys'; toGuest: boolean }
  | { do: 'zoom'; step: 'in' | 'out' | 'reset' }
  | { do: 'newWindow' }
  | { do: 'state' }
  | { do: 'notify' | 'keepRunning'; on: boolean };

/** The answer to each of them. */
export interface DesktopState {
  /** Tells of what happens while no window has the focus. */
  notifies: boolean;
  /** Goes on in the tray when the last window is closed. */
  keepsRunning: boolean;
}

/** A file that was opened with TT outside its window. */
export interface OpenedFile {
  /** To read it by. */
  id: string;
  kind: 'image' | 'capsule' | 'envFile';
  /** Without its folder. */
  name: string;
  sizeBytes: number;
}

/** Bytes of a file that was opened with TT, at most 4 MiB. Rejects once it is another one. */
export type ReadOpened = (request: { id: string; start: number; end: number }) => Promise<Uint8Array>;

/** What a menu, the tray or a notification wants of a window. `go`: a view, as in the address. */
export type DesktopCommand =
  | { go: string }
  /** A connection, by its id, and a view there; null: where one was. */
  | { show: string; go: string | null }
  | { run: 'newEnv' | 'addServer' | 'palette' | 'shelf' | 'keys' }
  /** Files were opened with TT. */
  | { open: OpenedFile[] }
  /** A sentence why something asked for outside could not be done. */
  | { explain: string };
