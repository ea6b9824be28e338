// nat: each ENV has a bridge with its own block of addresses, and this host is its gateway. The firewall decides what can enter
// and leave; this driver only makes what guests are connected to.
import {
  type Block,
  firstFreeBlock,
  formatAddress,
  formatCidr,
  lastAddress,
  parseCidr,
  prefixLengthFor,
} from '../address-pool.ts';
import { BridgedNetwork, type BridgedOptions } from '../bridged/bridged-network.ts';
import type { BridgeSpec } from '../bridged/link-plan.ts';
import { NetworkError } from '../errors.ts';
import type { EnvNetwork, EnvRequest, NetworkFeature } from '../interface.ts';
import { nextNumber } from '../next-number.ts';

export interface NatOptions extends BridgedOptions {
  /** IPv4 CIDR whose blocks the ENVs get; default `10.210.0.0/16`. */
  pool?: string;
  /** MTU of guests, in bytes, if the uplink has less than 1500; default null: 1500, not announced to guests. */
  mtu?: number | null;
}

export class NatNetwork extends BridgedNetwork {
  readonly kind = 'nat';
  protected readonly features: readonly NetworkFeature[] = [
    'portForward',
    'severalNics',
    'bandwidth',
    'isolation',
    'names',
    'fixedAddress',
  ];
  protected readonly guestSettings: { mtu: number | null; isGateway: boolean };
  readonly #pool: Block;

  constructor({ pool = '10.210.0.0/16', mtu = null, ...options }: NatOptions) {
    super(options);
    this.#pool = parseCidr(pool);
    this.guestSettings = { mtu, isGateway: true };
  }

  override async init(): Promise<void> {
    await super.init();
    // Linux routes only when told to. Switched once and early, because the switch sets all interfaces there are.
    await this.links.sysctl(['net.ipv4.ip_forward=1']);
  }

  async planEnv({ envName, nicCount }: EnvRequest, taken: readonly EnvNetwork[]): Promise<EnvNetwork> {
    const others = taken.flatMap(({ cidr }) => (cidr === null ? [] : [cidr]));
    const routes = await this.links.routes();
    const prefixLength = prefixLengthFor(nicCount);
    const block = firstFreeBlock(this.#pool, prefixLength, [...others, ...routes].map(parseCidr));
    if (block === null) {
      const message = `no free /${prefixLength} for ${envName} in ${formatCidr(this.#pool)} beside ${others.length} networks and the routes of this host`;
      throw new NetworkError('POOL_EXHAUSTED', message);
    }
    return { kind: 'nat', envName, number: nextNumber(taken), cidr: formatCidr(block), vni: null };
  }

  protected chooseAddress(block: Block, _mac: string, taken: ReadonlySet<string>): string | null {
    // The first is the network's own, the second the bridge's.
    for (let address = block.base + 2; address < lastAddress(block); address++) {
      const text = formatAddress(address);
      if (!taken.has(text)) return text;
    }
    return null;
  }

  protected bridgeSpec(env: EnvNetwork, block: Block): BridgeSpec {
    const address = formatAddress(block.base + 1);
    return {
      name: this.bridgeOf(env),
      number: env.number,
      address,
      prefixLength: block.prefixLength,
      keepAddress: (other) => other === address,
      mtu: this.guestSettings.mtu,
      forwarding: true,
      vxlan: null,
    };
  }

  protected async afterLinks(): Promise<void> {}

  /** Nothing of it depends on the address of the host. */
  protected followHost(): null {
    return null;
  }
}
