// The link that lets somebody in: the address of a server, a code that works once, and the fingerprint of the server's authority, so that
// nobody has to compare it. Code and fingerprint are in the fragment, which browsers never send.
import { TtError } from '@tt/protocol';
import { fingerprintOf, readFingerprint } from './fingerprint.ts';
import { socketFileIn } from './unix-address.ts';

export interface JoinLink {
  /** Base address of the server. */
  url: string;
  /** null: only the address was given. */
  code: string | null;
  /** 64 hexadecimal digits; null where the system trusts the server, or it speaks plain HTTP. */
  fingerprint: string | null;
}

/** `authority`: PEM of what clients are to pin; null if there is nothing to pin. Throws LINK_NEEDS_ADDRESS for a unix socket. */
export function joinLink(server: { url: string; authority: string | null }, code: string): string {
  if (socketFileIn(server.url) !== null) throw new TtError('LINK_NEEDS_ADDRESS', { url: server.url });
  const more = server.authority === null ? '' : `&ca=${fingerprintOf(server.authority)}`;
  return `${server.url.replace(/\/$/, '')}/#join=${code}${more}`;
}

/** What somebody typed or pasted as the address of a server, which `url` is; null if its fragment is none of ours. */
export function readJoinLink(url: URL): JoinLink | null {
  const base = new URL(url);
  base.hash = '';
  base.search = '';
  if (url.hash === '') return { url: base.href, code: null, fingerprint: null };
  const parts = new URLSearchParams(url.hash.slice(1));
  const [code, ca] = [parts.get('join'), parts.get('ca')];
  const fingerprint = ca === null ? null : readFingerprint(ca);
  if ([...parts.keys()].some((key) => key !== 'join' && key !== 'ca') || (ca !== null && fingerprint === null))
    return null;
  return { url: base.href, code: code === '' ? null : code, fingerprint };
}
