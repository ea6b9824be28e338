// Names of interfaces and namespaces on the host. They contain the agent's tag, so that two agents on one host never touch each
// other's, and their meaning can be decoded after a crash.
import { NetworkError } from './errors.ts';
import { createMac, macNumber } from './mac.ts';

/** Linux cuts interface names at 15 characters (IFNAMSIZ less the zero byte). */
const LONGEST_NAME = 15;

const letters = {
  bridge: 'b',
  tap: 't',
  vxlan: 'x',
  /** ifb device that gets the outgoing traffic of a limited guest. */
  limiter: 'i',
  /** A further bridge of an ENV with more NICs than one bridge has ports, and the two ends of the link to it. */
  segment: 's',
  segmentPlug: 'p',
  segmentSocket: 'q',
  /** A network namespace, the end of its cable at the ENV's bridge, and the end in it. */
  fence: 'n',
  fencePlug: 'f',
  fenceSocket: 'g',
} as const;

export type LinkRole = keyof typeof letters;

export interface LinkName {
  role: LinkRole;
  /** Of the ENV's network; for taps and limiters the last three bytes of the NIC's MAC. */
  number: number;
  /** From 1; only segments have one. */
  segment: number | null;
}

/** `ttb<tag><number in base 36>`, for segments followed by `-<segment>`. */
export function linkName(tag: string, role: LinkRole, number: number, segment: number | null = null): string {
  const name = `tt${letters[role]}${tag}${number.toString(36)}${segment === null ? '' : `-${segment}`}`;
  if (name.length > LONGEST_NAME) throw new NetworkError('OPTION_INVALID', `too long for an interface: ${name}`);
  return name;
}

/** Name for the tap of a NIC whose MAC is another NIC's too. */
export function freeTap(
  tag: string,
  taken: { nics: readonly { tap: string | null }[]; macs: ReadonlySet<string> },
): string {
  const taps = new Set(taken.nics.map(({ tap }) => tap));
  for (;;) {
    // As for a NIC with a MAC of its own, so that neither is ever given to somebody else.
    const tap = linkName(tag, 'tap', macNumber(createMac(taken.macs)));
    if (!taps.has(tap)) return tap;
  }
}

/** What a name of ours means; null when the interface is not of the agent with this tag. */
export function readLinkName(tag: string, name: string): LinkName | null {
  const [, letter, nameTag, number = '', segment] = /^tt([a-z])([0-9a-f]{4})([0-9a-z]+)(?:-(\d+))?$/.exec(name) ?? [];
  const role = (Object.keys(letters) as LinkRole[]).find((key) => letters[key] === letter);
  if (role === undefined || nameTag !== tag) return null;
  return { role, number: Number.parseInt(number, 36), segment: segment === undefined ? null : Number(segment) };
}

/** Throws OPTION_INVALID unless it is 4 hex digits. */
export function checkTag(tag: string): string {
  if (!/^[0-9a-f]{4}$/.test(tag))
    throw new NetworkError('OPTION_INVALID', `not an agent's tag of 4 hex digits: ${tag}`);
  return tag;
}

/** Throws OPTION_INVALID unless it can be the number of a user. */
export function checkUid(uid: number): number {
  // The largest number means "no user" to the kernel, which for a tap is everybody.
  if (Number.isInteger(uid) && uid >= 0 && uid < 0xffff_ffff) return uid;
  throw new NetworkError('OPTION_INVALID', `not the number of a user: ${uid}`);
}

/** Makes one DNS label (RFC 1123) of any text: lower case letters, digits and dashes, at most 63. */
export function dnsLabel(text: string): string {
  const label = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return label === '' ? 'unnamed' : label;
}
