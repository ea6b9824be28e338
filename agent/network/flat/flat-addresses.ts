// Addresses of a network that several hosts allocate from without coordination: each host uses a slice of its own, which follows
// from the list of hosts. Pure.
import { createHash } from 'node:crypto';
import { type Block, lastAddress, parseAddress, sizeOf } from '../address-pool.ts';

/** A host's share of a block; its first address is the host's own. */
export interface Slice {
  first: number;
  size: number;
}

/** Slices of all hosts, ordered by their addresses; the same on every host whose list of hosts is the same. */
export function slicesOf(block: Block, hosts: readonly string[]): Map<string, Slice> {
  const ordered = [...new Set(hosts)].sort((one, other) => parseAddress(one) - parseAddress(other));
  // Less the network's and the broadcast address.
  const size = Math.floor((sizeOf(block) - 2) / ordered.length);
  return new Map(ordered.map((host, rank) => [host, { first: block.base + 1 + rank * size, size }]));
}

/**
 * An address for a NIC: the next free one in the host's slice, starting at a position derived from its MAC. If the slice is
 * full, the slices of others are used in the same way. null if nothing is left.
 */
export function guestAddress(
  block: Block,
  slices: ReadonlyMap<string, Slice>,
  host: string,
  mac: string,
  isTaken: (address: number) => boolean,
): number | null {
  const own = slices.get(host);
  const servers = new Set([...slices.values()].map(({ first }) => first));
  const everything = { first: block.base + 1, size: lastAddress(block) - block.base - 1 };
  const hash = createHash('sha256').update(mac).digest().readUInt32BE();
  for (const { first, size } of own ? [own, everything] : [everything]) {
    for (let step = 0; step < size; step++) {
      const address = first + ((hash + step) % size);
      if (!servers.has(address) && !isTaken(address)) return address;
    }
  }
  return null;
}
