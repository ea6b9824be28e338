// The state of connections as windows see it. renderer/bridge.ts has the same shape (the two processes share no code;
// e2e/host/surface-types.ts compares them at compile time).
import type { ServerCertificate } from '@tt/client/node';
import { type ErrorRecord, TtError, toErrorRecord } from '@tt/protocol';
import { AgentStartError } from './private-agent.ts';

/** Colours a connection can have: names, as each theme has its own shade. */
export const connectionColors = ['teal', 'blue', 'violet', 'green', 'amber', 'red'] as const;
export type ConnectionColor = (typeof connectionColors)[number];

/** The agent of this computer, which is always among the connections. */
export const PRIVATE_ID = 'private';

export type LinkState =
  /** Nobody wants it: ended by the user, or not begun. */
  | { kind: 'off' }
  | { kind: 'connecting' }
  | { kind: 'connected' }
  /** Tried again automatically. `since`: when it last answered, null if it never has; `retryAt`: null while an attempt is under way. ISO 8601. */
  | { kind: 'lost'; since: string | null; retryAt: string | null; failure: ErrorRecord }
  /** Trying again would change nothing until somebody does something about `failure`. */
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

export interface ConnectionView {
  id: string;
  kind: 'private' | 'server';
  /** Empty for the private agent: windows have a word for it. */
  name: string;
  color: ConnectionColor;
  /** Base address, which holds no secret; null for the private agent. */
  address: string | null;
  /** PEM of what is pinned, which is no secret; null: what the system trusts, or plain HTTP. */
  authority: string | null;
  /** null: not over ssh. */
  ssh: SshWay | null;
  /** Shown at the start of the desktop. */
  isDefault: boolean;
  link: LinkState;
}

export interface ConnectionsView {
  connections: ConnectionView[];
  /** Id of the connection that the window shows; null: none was chosen yet. */
  shown: string | null;
  /** A link from outside that waits for the user's decision: the address of a server with its code, or what is wrong with it. */
  offered: { address: string } | { failure: ErrorRecord } | null;
}

/** The answer to what a window asks about connections. */
export type ConnectionsAnswer =
  /**
   * `sshNames`: what ~/.ssh/config calls servers, for suggestions; `certificate`: null without TLS; `localPort`: of this computer, for
   * a port of a guest. If they were asked.
   */
  | {
      ok: true;
      view: ConnectionsView;
      sshNames?: string[];
      certificate?: ServerCertificate | null;
      localPort?: number;
    }
  | { ok: false; failure: ErrorRecord };

/** A failure in the form windows get; what is no TtError is a fault of the program and is shown as one. */
export function failureOf(error: unknown): ErrorRecord {
  if (error instanceof AgentStartError) {
    // Said in words by the agent that ended: its code comes without the data that a translation needs.
    const { code, message, fix } = error;
    return { code: `DESKTOP.${code}`, message, fix, data: {} };
  }
  const known =
    error instanceof TtError
      ? error
      : new TtError('INTERNAL', { requestId: error instanceof Error ? error.message : String(error) });
  return toErrorRecord(known);
}
