// flat: one Ethernet per ENV across several hosts, by VXLAN (RFC 7348). No gateway, no forwards, no outgoing connections: guests
// see each other and their host's DHCP server. Frames travel unencrypted between hosts, so the network between them must be
// trusted.
import { createHash } from 'node:crypto';
import {
  type Block,
  blockCount,
  contains,
  formatAddress,
  formatCidr,
  nthBlock,
  overlaps,
  parseAddress,
  parseCidr,
} from '../address-pool.ts';
import { BridgedNetwork, type BridgedOptions } from '../bridged/bridged-network.ts';
import type { BridgeSpec } from '../bridged/link-plan.ts';
import { NetworkError } from '../errors.ts';
import type { EnvNetwork, EnvRequest, NetworkFeature } from '../interface.ts';
import { linkName } from '../names.ts';
import { nextNumber } from '../next-number.ts';
import { guestAddress, slicesOf } from './flat-addresses.ts';

export interface FlatOptions extends BridgedOptions {
  /** IPv4 CIDR whose blocks the ENVs get, the same on all hosts; default `10.200.0.0/16`. */
  pool?: string;
  /** Size of the block of every ENV, the same on all hosts; default 20: 4094 addresses, 16 ENVs in a /16. */
  blockPrefixLength?: number;
  /** IPv4 address of this host towards the others. A function is asked again at every repair, and the tunnels follow it. */
  localAddress: string | (() => string);
  /** IPv4 addresses of the other hosts' agents (this host's own does no harm). */
  peers: readonly string[];
  /** UDP port of VXLAN, the same on all hosts; default 4789. */
  port?: number;
  /** MTU of guests in bytes: that of the network between the hosts less 50; default 1450. */
  mtu?: number;
}

const LOOPBACK = '127.0.0.1';
const LARGEST_VNI = 0xff_ffff;
/** VXLAN, UDP, IPv4 and Ethernet headers are 50 bytes: with 68, the least of IPv4, nothing smaller makes sense. */
const SMALLEST_MTU = 576;
/** How many VNIs are tried for an ENV's name, for each block of the pool. */
const TRIES_PER_BLOCK = 16;

export class FlatNetwork extends BridgedNetwork {
  readonly kind = 'flat';
  protected readonly features: readonly NetworkFeature[] = [
    'severalNics',
    'bandwidth',
    'isolation',
    'names',
    'fixedAddress',
    'severalHosts',
  ];
  protected readonly guestSettings: { mtu: number; isGateway: boolean };
  readonly #pool: Block;
  readonly #blockPrefixLength: number;
  readonly #port: number;
  readonly #hostAddress: () => string;
  #localAddress: string;
  /** As configured; may contain this host. */
  #hosts: readonly string[];
  #peers: readonly string[];

  constructor(options: FlatOptions) {
    const { pool = '10.200.0.0/16', blockPrefixLength = 20, localAddress, peers, port = 4789, mtu = 1450 } = options;
    super(options);
    this.#pool = parseCidr(pool);
    this.#blockPrefixLength = blockPrefixLength;
    this.#hostAddress = typeof localAddress === 'function' ? localAddress : () => localAddress;
    this.#localAddress = normalAddress(this.#hostAddress());
    this.#port = port;
    this.#hosts = peers;
    this.#peers = this.#others();
    this.guestSettings = { mtu, isGateway: false };
    if (blockCount(this.#pool, blockPrefixLength) < 1 || blockPrefixLength > 29) {
      throw new NetworkError('OPTION_INVALID', `blocks of /${blockPrefixLength} do not fit ${pool}`);
    }
    if (mtu < SMALLEST_MTU) throw new NetworkError('OPTION_INVALID', `an MTU of ${mtu} is too small`);
  }

  /**
   * Block and VNI determine each other. Without `vni` one is derived from the ENV's name, or the next one that this host can
   * use; with it exactly that one is used, or POOL_EXHAUSTED: the first host chooses, the others get its choice.
   */
  async planEnv({ envName, vni }: EnvRequest, taken: readonly EnvNetwork[]): Promise<EnvNetwork> {
    const routes = await this.links.routes();
    const vnis = [...(await this.links.read()).values()].flatMap(({ vxlan }) => (vxlan ? [vxlan.vni] : []));
    const usedVnis = new Set([...vnis, ...taken.map((env) => env.vni)]);
    const usedBlocks = [...taken.flatMap(({ cidr }) => (cidr === null ? [] : [cidr])), ...routes].map(parseCidr);
    const isFree = (candidate: number) =>
      !usedVnis.has(candidate) && !usedBlocks.some((used) => overlaps(used, this.#blockOfVni(candidate)));
    const chosen = vni === undefined ? this.#candidates(envName).find(isFree) : vni;
    if (vni !== undefined && (!Number.isInteger(vni) || vni < 1 || vni > LARGEST_VNI)) {
      throw new NetworkError('OPTION_INVALID', `a VNI is a number from 1 to ${LARGEST_VNI}, not ${vni}`);
    }
    if (chosen === undefined || !isFree(chosen)) {
      const what = chosen === undefined ? `a block of ${formatCidr(this.#pool)}` : `VNI ${chosen}`;
      throw new NetworkError('POOL_EXHAUSTED', `${what} for ${envName} is not free on this host`);
    }
    const cidr = formatCidr(this.#blockOfVni(chosen));
    return { kind: 'flat', envName, number: nextNumber(taken), cidr, vni: chosen };
  }

  /** Replaces the list of other hosts, for the networks of `envs` immediately. */
  async setPeers(peers: readonly string[], envs: readonly EnvNetwork[]): Promise<void> {
    this.#hosts = peers;
    this.#peers = this.#others();
    const present = await this.links.read();
    await this.#syncPeers(envs.filter((env) => env.kind === 'flat' && present.has(this.#vxlanOf(env))));
  }

  protected chooseAddress(block: Block, mac: string, taken: ReadonlySet<string>): string | null {
    const isTaken = (address: number) => taken.has(formatAddress(address));
    const address = guestAddress(block, this.#slices(block), this.#localAddress, mac, isTaken);
    return address === null ? null : formatAddress(address);
  }

  protected bridgeSpec(env: EnvNetwork, block: Block): BridgeSpec {
    const address = this.#slices(block).get(this.#localAddress)?.first ?? block.base + 1;
    return {
      name: this.bridgeOf(env),
      number: env.number,
      address: formatAddress(address),
      prefixLength: block.prefixLength,
      // With other peers it would be another one, but guests may have it, and know this one.
      keepAddress: (other) => contains(block, parseAddress(other)),
      mtu: this.guestSettings.mtu,
      forwarding: false,
      vxlan: { vni: vniOf(env), local: this.#localAddress, port: this.#port },
    };
  }

  protected afterLinks(envs: readonly EnvNetwork[]): Promise<void> {
    return this.#syncPeers(envs);
  }

  /** While the host has no address, the last one stays. */
  protected followHost(): string | null {
    const [before, address] = [this.#localAddress, normalAddress(this.#hostAddress())];
    if (address === LOOPBACK || address === before) return null;
    this.#localAddress = address;
    this.#peers = this.#others();
    return `the address of the host is ${address}, no longer ${before}: flat networks lead from there`;
  }

  async #syncPeers(envs: readonly EnvNetwork[]): Promise<void> {
    const lines: string[] = [];
    for (const device of envs.map((env) => this.#vxlanOf(env))) {
      const present = await this.links.peers(device);
      const line = (verb: string) => (peer: string) => `fdb ${verb} 00:00:00:00:00:00 dev ${device} dst ${peer}`;
      lines.push(...this.#peers.filter((peer) => !present.includes(peer)).map(line('append')));
      lines.push(...present.filter((peer) => !this.#peers.includes(peer)).map(line('delete')));
    }
    await this.links.batch('bridge', lines);
  }

  #others(): string[] {
    const others = new Set(this.#hosts.map(normalAddress));
    others.delete(this.#localAddress);
    return [...others];
  }

  #slices(block: Block) {
    return slicesOf(block, [this.#localAddress, ...this.#peers]);
  }

  #vxlanOf(env: EnvNetwork): string {
    return linkName(this.tag, 'vxlan', env.number);
  }

  #blockOfVni(vni: number): Block {
    const index = vni % blockCount(this.#pool, this.#blockPrefixLength);
    return nthBlock(this.#pool, this.#blockPrefixLength, index);
  }

  /** VNIs for an ENV's name, in the order all hosts try them. */
  #candidates(envName: string): number[] {
    const tries = TRIES_PER_BLOCK * Math.min(blockCount(this.#pool, this.#blockPrefixLength), 256);
    return Array.from({ length: tries }, (_, index) => {
      const hash = createHash('sha256').update(`${envName}\n${index}`).digest().readUIntBE(0, 3);
      return hash === 0 ? 1 : hash;
    });
  }
}

function normalAddress(address: string): string {
  return formatAddress(parseAddress(address));
}

function vniOf(env: EnvNetwork): number {
  if (env.vni === null) throw new NetworkError('OPTION_INVALID', `${env.envName} has no VNI`);
  return env.vni;
}
