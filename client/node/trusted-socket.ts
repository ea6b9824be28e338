// A TLS connection to a server that is the one that was meant: its authority is pinned, or the system trusts it. That is settled before
// a byte is sent, and what can be wrong has a code each: "certificate error" helps nobody.
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { TtError } from '@tt/protocol';
import { fingerprintOf, fingerprintText, isSameFingerprint } from './fingerprint.ts';
import { SERVER_ROLE_URI } from './server-role.ts';

const TIMEOUT_MS = 10_000;
/** No chain is longer. */
const MAX_CHAIN = 8;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface Presented {
  /** PEM of the top of the chain that a server presents. */
  authority: string;
  /** Its SHA-256, 64 hexadecimal digits. */
  fingerprint: string;
}

/**
 * Connects to `url` (`https://…`). `authority` is the PEM of the only one that counts; null: those that the system trusts.
 * Rejects with SERVER_NOT_TRUSTED, SERVER_IDENTITY_WRONG, CERTIFICATE_EXPIRED or CERTIFICATE_NOT_YET_VALID; with TLS_EXPECTED if what
 * answers speaks something else; with the system’s error if nothing answers.
 */
export async function trustedSocket(url: string, authority: string | null): Promise<TLSSocket> {
  const { socket, chain } = await shakeHands(url, authority);
  if (socket.authorized) return socket;
  const { authorizationError } = socket;
  socket.destroy();
  throw refusal(url, chain, authority, String(authorizationError));
}

/** What a server presents, without trusting it; nothing is sent to it. Rejects with AGENT_UNREACHABLE or TLS_EXPECTED. */
export async function presentedBy(url: string): Promise<Presented> {
  const { socket, chain } = await reached(url);
  socket.destroy();
  const top = topOf(chain);
  return { authority: pemOf(top), fingerprint: fingerprintOf(top) };
}

/** What a server presents now, for people; whether it is trusted is another question. */
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

/** Rejects as {@link presentedBy}; nothing is sent. */
export async function certificateAt(url: string): Promise<ServerCertificate> {
  const { socket, chain } = await reached(url);
  socket.destroy();
  const [own] = chain;
  if (!own) throw new TtError('TLS_EXPECTED', { url });
  const names = (own.subjectaltname ?? '')
    .split(', ')
    .flatMap((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? []);
  return {
    names,
    validFrom: isoOf(Date.parse(own.valid_from)),
    validTo: isoOf(Date.parse(own.valid_to)),
    issuer: own.issuer.CN ?? own.issuer.O ?? '',
    fingerprint: fingerprintOf(topOf(chain)),
  };
}

/** PEM of the authority of a server, if it has this fingerprint. Rejects as {@link presentedBy}, and with SERVER_IDENTITY_WRONG. */
export async function authorityWith(url: string, fingerprint: string): Promise<string> {
  const presented = await presentedBy(url);
  if (isSameFingerprint(presented.fingerprint, fingerprint)) return presented.authority;
  throw identityWrong(url, fingerprint, presented.fingerprint);
}

async function reached(url: string): ReturnType<typeof shakeHands> {
  try {
    return await shakeHands(url, null);
  } catch (error) {
    throw error instanceof TtError ? error : new TtError('AGENT_UNREACHABLE', { url }, { cause: error });
  }
}

/** The chain is not empty; whether it is trusted is in the socket. */
async function shakeHands(
  url: string,
  authority: string | null,
): Promise<{ socket: TLSSocket; chain: PeerCertificate[] }> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({
    host,
    port: Number(port || 443),
    ALPNProtocols: ['http/1.1'],
    // Decided by `authorized` afterwards, so that what it presents can be told.
    rejectUnauthorized: false,
    // RFC 6066: addresses are no server names.
    ...(isIP(host) === 0 && { servername: host }),
    ...(authority !== null && {
      ca: [authority],
      checkServerIdentity: (name, peer) => mustBeServer(name, peer, authority),
    }),
  });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const chain = chainOf(socket);
    if (chain.length === 0) throw new TtError('TLS_EXPECTED', { url });
    return { socket, chain };
  } catch (error) {
    socket.destroy();
    throw isOtherProtocol(error) ? new TtError('TLS_EXPECTED', { url }, { cause: error }) : error;
  }
}

/**
 * An authority of TT signs for one server, which has any name: behind a tunnel, at an address, in another network. So does a certificate
 * that was pinned itself. Names count for other authorities, which sign for more than this server.
 */
function mustBeServer(name: string, peer: PeerCertificate, pinned: string): Error | undefined {
  const isOurs = (peer.subjectaltname ?? '').split(', ').includes(`URI:${SERVER_ROLE_URI}`);
  return isOurs || fingerprintOf(peer.raw) === fingerprintOf(pinned) ? undefined : checkServerIdentity(name, peer);
}

function refusal(url: string, chain: readonly PeerCertificate[], authority: string | null, why: string): TtError {
  const presented = fingerprintOf(topOf(chain));
  if (authority !== null) {
    const pinned = fingerprintOf(authority);
    if (!isSameFingerprint(pinned, presented)) return identityWrong(url, pinned, presented);
  }
  return (
    outOfTime(url, chain) ??
    new TtError('SERVER_NOT_TRUSTED', { url, fingerprint: fingerprintText(presented) }, { cause: new Error(why) })
  );
}

/** One of the chain is not valid now, by this computer’s clock; null if none is. */
function outOfTime(url: string, chain: readonly PeerCertificate[]): TtError | null {
  const now = Date.now();
  const clock = new Date(now).toISOString();
  for (const { valid_from: from, valid_to: to } of chain) {
    const [begins, ends] = [Date.parse(from), Date.parse(to)];
    const days = (ms: number) => Math.max(1, Math.round(ms / DAY_MS));
    if (now < begins)
      return new TtError('CERTIFICATE_NOT_YET_VALID', {
        url,
        validFrom: isoOf(begins),
        clock,
        days: days(begins - now),
      });
    if (now > ends)
      return new TtError('CERTIFICATE_EXPIRED', { url, validTo: isoOf(ends), clock, days: days(now - ends) });
  }
  return null;
}

function identityWrong(url: string, expected: string, presented: string): TtError {
  return new TtError('SERVER_IDENTITY_WRONG', {
    url,
    expected: fingerprintText(expected),
    presented: fingerprintText(presented),
  });
}

/** From the server’s certificate up. */
function chainOf(socket: TLSSocket): PeerCertificate[] {
  const chain: PeerCertificate[] = [];
  let next: (PeerCertificate & { issuerCertificate?: PeerCertificate }) | undefined = socket.getPeerCertificate(true);
  while (
    next?.raw !== undefined &&
    chain.length < MAX_CHAIN &&
    !chain.some(({ raw }) => raw.equals(next?.raw ?? Buffer.of()))
  ) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

function topOf(chain: readonly PeerCertificate[]): Buffer {
  const top = chain.at(-1);
  if (!top) throw new Error('a server without a certificate');
  return top.raw;
}

function pemOf(der: Buffer): string {
  return new X509Certificate(der).toString();
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** What OpenSSL says of an answer that is no TLS (ERR_error_string(3), as Node spells it). */
function isOtherProtocol(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST', 'EPROTO'].includes(
    code,
  );
}
