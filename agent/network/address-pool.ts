// IPv4 arithmetic for the networks: blocks of a pool, and which one is free. Pure; addresses are unsigned 32 bit numbers.
import { NetworkError } from './errors.ts';

/** A CIDR: `base` is its first address, a multiple of its size. */
export interface Block {
  base: number;
  prefixLength: number;
}

/** No ENV gets less than a /24. */
const LONGEST_PREFIX = 24;
/** Network address, broadcast address, and the host's own. */
const RESERVED_ADDRESSES = 3;

export function parseAddress(text: string): number {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255))
    throw new NetworkError('OPTION_INVALID', `not an IPv4 address: ${text}`);
  return parts.reduce((number, part) => number * 256 + part, 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join('.');
}

/** Reads `10.210.0.0/16`, or a single address as a /32. Bits right of the prefix must be zero. OPTION_INVALID. */
export function parseCidr(text: string): Block {
  const [address = '', prefix = '32'] = text.split('/');
  const block = { base: parseAddress(address), prefixLength: Number(prefix) };
  if (!/^\d{1,2}$/.test(prefix) || block.prefixLength > 32 || block.base % sizeOf(block) !== 0) {
    throw new NetworkError('OPTION_INVALID', `not an IPv4 CIDR: ${text}`);
  }
  return block;
}

export function formatCidr(block: Block): string {
  return `${formatAddress(block.base)}/${block.prefixLength}`;
}

export function sizeOf({ prefixLength }: { prefixLength: number }): number {
  return 2 ** (32 - prefixLength);
}

/** The broadcast address. */
export function lastAddress(block: Block): number {
  return block.base + sizeOf(block) - 1;
}

export function netmask({ prefixLength }: { prefixLength: number }): string {
  return formatAddress(2 ** 32 - sizeOf({ prefixLength }));
}

export function overlaps(one: Block, other: Block): boolean {
  return one.base <= lastAddress(other) && other.base <= lastAddress(one);
}

export function contains(block: Block, address: number): boolean {
  return address >= block.base && address <= lastAddress(block);
}

/** The longest prefix that fits this many guests, at least a /24: 253 guests fit a /24, 2000 a /21. */
export function prefixLengthFor(guestCount: number): number {
  const bits = Math.ceil(Math.log2(guestCount + RESERVED_ADDRESSES));
  return Math.min(LONGEST_PREFIX, 32 - bits);
}

/** The lowest block of that size in `pool` that overlaps none of `taken`; null if there is none. */
export function firstFreeBlock(pool: Block, prefixLength: number, taken: readonly Block[]): Block | null {
  if (prefixLength < pool.prefixLength) return null;
  const size = sizeOf({ prefixLength });
  for (let base = pool.base; base + size - 1 <= lastAddress(pool); ) {
    const block = { base, prefixLength };
    const inTheWay = taken.find((other) => overlaps(block, other));
    if (!inTheWay) return block;
    base = Math.max(base + size, Math.ceil((lastAddress(inTheWay) + 1) / size) * size);
  }
  return null;
}

/** How many blocks of that size `pool` has, and the n-th of them (from 0). */
export function blockCount(pool: Block, prefixLength: number): number {
  return prefixLength < pool.prefixLength ? 0 : 2 ** (prefixLength - pool.prefixLength);
}

export function nthBlock(pool: Block, prefixLength: number, index: number): Block {
  return { base: pool.base + index * sizeOf({ prefixLength }), prefixLength };
}

/** Names of the reverse zones of a block, e.g. `3.210.10.in-addr.arpa`, one per /24 (or one for a /16 or a /8). */
export function reverseZones(block: Block): string[] {
  const step = [8, 16, 24].find((prefixLength) => block.prefixLength <= prefixLength) ?? 24;
  const count = Math.max(1, 2 ** (step - block.prefixLength));
  return Array.from({ length: count }, (_, index) => {
    const parts = formatAddress(nthBlock(block, step, index).base)
      .split('.')
      .slice(0, step / 8);
    return `${parts.toReversed().join('.')}.in-addr.arpa`;
  });
}
