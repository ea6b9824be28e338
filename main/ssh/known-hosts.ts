// Files of known host keys in OpenSSH's form (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): which keys a server may have. Pure.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SshPlace {
  /** Name or address. */
  host: string;
  port: number;
}

export interface KnownKey {
  type: string;
  /** The public key in its wire form. */
  data: Buffer;
}

export interface KnownKeys {
  keys: KnownKey[];
  /** Never accepted, whatever else says so. */
  revoked: KnownKey[];
}

/** unknown: nothing is known of this server. changed: it has other keys than those that are known. */
export type KeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

const DEFAULT_PORT = 22;

/** What the files say of a server. Lines that can't be read, and those of certificate authorities, say nothing. */
export function keysOf(files: readonly string[], place: SshPlace): KnownKeys {
  const known: KnownKeys = { keys: [], revoked: [] };
  const name = knownName(place);
  for (const line of files.flatMap((file) => file.split('\n'))) {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined;
    const [hosts = '', type = '', data = ''] = words;
    if (hosts.startsWith('#') || data === '' || !isFor(hosts, name)) continue;
    const key = { type, data: Buffer.from(data, 'base64') };
    if (marker === undefined) known.keys.push(key);
    else if (marker === '@revoked') known.revoked.push(key);
  }
  return known;
}

export function verdictOn({ keys, revoked }: KnownKeys, presented: Buffer): KeyVerdict {
  const has = (those: readonly KnownKey[]) => those.some(({ data }) => data.equals(presented));
  if (has(revoked)) return 'revoked';
  if (has(keys)) return 'known';
  return keys.length === 0 ? 'unknown' : 'changed';
}

/** A line for the file. */
export function knownLine(place: SshPlace, presented: Buffer): string {
  return `${knownName(place)} ${keyType(presented)} ${presented.toString('base64')}\n`;
}

/** As `ssh` and `ssh-keygen -l` show it. */
export function keyFingerprint(presented: Buffer): string {
  return `SHA256:${createHash('sha256').update(presented).digest('base64').replace(/=+$/, '')}`;
}

/** The name of its algorithm, which its wire form begins with (RFC 4253, 6.6); empty if it is no key. */
export function keyType(presented: Buffer): string {
  if (presented.length < 4) return '';
  const length = presented.readUInt32BE(0);
  const type = presented.subarray(4, 4 + length).toString('latin1');
  return length <= 64 && type.length === length && /^[\w@.-]+$/.test(type) ? type : '';
}

function knownName({ host, port }: SshPlace): string {
  const lower = host.toLowerCase();
  return port === DEFAULT_PORT ? lower : `[${lower}]:${port}`;
}

function isFor(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) return isHashOf(hosts, name);
  const patterns = hosts.toLowerCase().split(',');
  const fits = (pattern: string) => matches(pattern, name);
  if (patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern));
}

/** `*` and `?` as in file names. */
function matches(pattern: string, name: string): boolean {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  // Several `*` in a row mean one, and would take long to try.
  return new RegExp(`^${literal.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`).test(name);
}

/** `|1|salt|hash`: HMAC-SHA1 of the name. */
function isHashOf(hashed: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hashed.split('|');
  const expected = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  const given = Buffer.from(hash, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
