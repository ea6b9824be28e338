// Which addresses of an ENV's block have a meaning on a switch. Pure.
import { type Block, contains, lastAddress, parseCidr } from '../address-pool.ts';

/** Addresses that no NIC gets: the network's, the gateway's, the name server's, and the one for everybody. */
export const RESERVED_ADDRESSES = 4;

export interface SwitchAddresses {
  block: Block;
  /** The guest's way out: its own QEMU. */
  gateway: number;
  nameServer: number;
  firstNic: number;
  lastNic: number;
}

/** OPTION_INVALID. */
export function switchAddresses(cidr: string): SwitchAddresses {
  const block = parseCidr(cidr);
  return {
    block,
    gateway: block.base + 1,
    nameServer: block.base + 2,
    firstNic: block.base + 3,
    lastNic: lastAddress(block) - 1,
  };
}

export function isNicAddress({ block, firstNic, lastNic }: SwitchAddresses, address: number): boolean {
  return contains(block, address) && address >= firstNic && address <= lastNic;
}

/** The MAC that QEMU's user networking has at an address of its own: 52:55 and the address (libslirp's slirp.h, special_ethaddr). */
export function slirpMac(address: number): number {
  return 0x5255 * 2 ** 32 + address;
}
