// A server as somebody adds it: trusted, logged in to and reached once, before anything of it is remembered.
import {
  connectNode,
  logInByBrowser,
  logInByPassword,
  readFingerprint,
  redeemCode,
  settleTrust,
  type JoinLink,
} from '@tt/client/node';
import { farPlaceOf } from '../ssh/far-place.ts';
import type { SshRoute } from '../ssh/ssh-route.ts';
import type { SshTunnel } from '../ssh/ssh-tunnel.ts';
import { answerOf } from './connection.ts';
import type { ConnectionColor } from './connection-state.ts';
import { type ReachedServer, savedSsh } from './remembered-servers.ts';
import { tokenFor, type WayIn, type WaysIn } from './way-in.ts';

export interface NewServer {
  /** As typed, or a join link, which needs no token. */
  address: string;
  token: string;
  /** Another way to a token; absent: that one. */
  wayIn?: WayIn | undefined;
  /** The authority of the server as the user compared it and accepts; null: nothing was compared. */
  fingerprint: string | null;
  /** The way to an agent at a loopback address or unix socket of another computer; null: not over ssh. */
  ssh: SshRoute | null;
  /** Fingerprints of ssh host keys that the user compared and accepts. */
  sshKeys: readonly string[];
  /** Empty: the host of the address. */
  name: string;
  /** null: the first that no other connection has. */
  color: ConnectionColor | null;
}

export interface ReachOptions {
  /** Defaults: client/node's; tests give their own. */
  connect?: typeof connectNode;
  trust?: typeof settleTrust;
  waysIn?: Partial<WaysIn>;
  /** Shows an address in the system's browser. */
  openPage: WaysIn['openPage'];
  /** Opens a way over ssh. */
  tunnel: (route: SshRoute, accepted: readonly string[]) => Pick<SshTunnel, 'dial' | 'close'>;
}

/**
 * Resolves once it has answered. `link`: its address, as `serverAddress` reads it; `pinned`: what is known of its authority, PEM.
 * Rejects with SSH_ADDRESS_WRONG, what `settleTrust`, `tokenFor` and {@link SshTunnel} reject with, or the answer of the server. One that
 * waits for the browser rejects with OPERATION_CANCELLED once `signal` aborts.
 */
export async function reachNewServer(
  wanted: NewServer,
  link: JoinLink,
  pinned: string | null,
  { signal, ...options }: ReachOptions & { signal: AbortSignal },
): Promise<ReachedServer> {
  const { trust = settleTrust, waysIn, openPage, connect = connectNode, tunnel: openTunnel } = options;
  const ways = { redeem: redeemCode, byPassword: logInByPassword, byBrowser: logInByBrowser, openPage, ...waysIn };
  const { ssh } = wanted;
  const { url, code, fingerprint } = link;
  const far = ssh && farPlaceOf(url);
  const accepted = wanted.fingerprint === null ? null : readFingerprint(wanted.fingerprint);
  const authority = await trust(url, { fingerprint: fingerprint ?? accepted, known: pinned });
  const tunnel = ssh && openTunnel(ssh, wanted.sshKeys);
  try {
    const place = { url, authority, ...(tunnel && far !== null && { dial: () => tunnel.dial(far) }) };
    const token = await tokenFor(place, wanted, code, { ways, signal });
    const connected = connect({ ...place, token });
    try {
      await answerOf(connected, url);
    } finally {
      connected.close();
    }
    return { url, token, authority, ssh: ssh && savedSsh(ssh) };
  } finally {
    tunnel?.close();
  }
}
