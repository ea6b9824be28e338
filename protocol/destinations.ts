// Pure: destinations of blacklists (IPv4 addresses and CIDRs), checked, and in the form in which the agent records them.
import { TtError } from './errors.ts';

interface Block {
  /** First address as an unsigned number of 32 bits. */
  first: number;
  prefixLength: number;
}

/** A number of 0..255 without leading zeros, which some tools read as octal. */
const OCTET = /^(0|[1-9]\d{0,2})$/;

/** The address as a number; null if it is invalid. */
export function parseAddress(text: string): number | null {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255)) return null;
  return octets.reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/** True for an IPv4 address or CIDR. */
export function isDestination(text: string): boolean {
  return parseBlock(text) !== null;
}

/**
 * The minimal set of disjoint blocks: host bits cleared, nested ones removed, sorted. An address has no `/32`, as nft lists it.
 * Throws DESTINATION_INVALID.
 */
export function disjointDestinations(destinations: readonly string[]): string[] {
  const blocks = destinations.map(blockOf).sort((a, b) => a.first - b.first || a.prefixLength - b.prefixLength);
  const kept: Block[] = [];
  for (const block of blocks) {
    const last = kept.at(-1);
    // Sorted by first address, larger first: whatever overlaps the last kept block lies within it.
    if (last && block.first < last.first + sizeOf(last)) continue;
    kept.push(block);
  }
  return kept.map(blockText);
}

function blockOf(destination: string): Block {
  const block = parseBlock(destination);
  if (!block) throw new TtError('DESTINATION_INVALID', { destination });
  return block;
}

function parseBlock(text: string): Block | null {
  const [address = '', length, ...rest] = text.split('/');
  const number = parseAddress(address);
  const prefixLength = length === undefined ? 32 : /^\d{1,2}$/.test(length) ? Number(length) : 33;
  if (number === null || prefixLength > 32 || rest.length > 0) return null;
  const size = 2 ** (32 - prefixLength);
  return { first: Math.floor(number / size) * size, prefixLength };
}

function sizeOf(block: Block): number {
  return 2 ** (32 - block.prefixLength);
}

function blockText({ first, prefixLength }: Block): string {
  const address = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
  return prefixLength === 32 ? address : `${address}/${prefixLength}`;
}
