// Pure: values of flags -> values of the contract. Every error message shows the correct form. Needs no schema of the contract: every
// command loads it.
import { isIPv4 } from 'node:net';
import { InvalidArgumentError, Option } from 'commander';

/** Mbit/s; the contract's limit. */
const BANDWIDTH_MAX_MBPS = 100_000;

export interface WantedPort {
  protocol: 'tcp' | 'udp';
  guestPort: number;
}

/** An argument parser for commander: decimal digits only. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`give a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** What the contract takes. */
export const diskMiBFrom = wholeNumber(1, 67_108_864);

/** The parts of `a,b` (or of `a+b`), without empty ones; an empty text is an empty list. */
export function listOf(text: string, separator: ',' | '+' = ','): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `80,443,53/udp` */
export function portsFrom(text: string, separator: ',' | '+' = ','): WantedPort[] {
  return listOf(text, separator).map((part) => {
    const match = /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(part);
    const guestPort = Number(match?.[1]);
    if (!match || guestPort < 1 || guestPort > 65_535) {
      throw new InvalidArgumentError(`"${part}" is not a port; write 80 or 53/udp.`);
    }
    return { protocol: match[2] === 'udp' ? 'udp' : 'tcp', guestPort };
  });
}

/** `192.0.2.1,198.51.100.0/24` */
export function destinationsFrom(text: string, separator: ',' | '+' = ','): string[] {
  return listOf(text, separator).map((part) => {
    const [address = '', bits, ...rest] = part.split('/');
    const goodBits = bits === undefined || (/^\d{1,2}$/.test(bits) && Number(bits) <= 32);
    if (!isIPv4(address) || !goodBits || rest.length > 0) {
      throw new InvalidArgumentError(`"${part}" is not an IPv4 address or CIDR; write 192.0.2.1 or 198.51.100.0/24.`);
    }
    return part;
  });
}

/** Mbit/s; 0 is no limit. Not the contract's null: commander takes a null from a parser for an empty text. */
export const bandwidthFrom = wholeNumber(0, BANDWIDTH_MAX_MBPS);

/** `90` and `90s` are seconds; `90m`, `1h30m`, `2d` too are seconds in the end. */
export function secondsFrom(text: string): number {
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(/^\d+$/.test(text) ? `${text}s` : text);
  if (!match || text === '') {
    throw new InvalidArgumentError(`"${text}" is not a time; write seconds, or 90m, 2h, 1h30m, 1d.`);
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((digits) => Number(digits ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

type Given<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> };

/** The same object without the fields nobody gave: an absent field of the contract means "as it is" or "the default". */
export function given<Values extends object>(values: Values): Given<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>;
}

export function onOrOff(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError(`"${text}" is neither on nor off.`);
  return text === 'on';
}

/** Of commands that need images. */
export function noWait(): Option {
  return new Option('--no-wait', 'refuse if an image is still being built, instead of waiting for it');
}

/** Of commands whose VMs could wake from the warm instant of their image. */
export function cold(): Option {
  return new Option('--cold', 'boot all VMs, also those that could wake from a warm image');
}

/** What a call is given for it. */
export function waitFrom({ wait }: { wait?: boolean }): { wait?: false } {
  return wait === false ? { wait } : {};
}
