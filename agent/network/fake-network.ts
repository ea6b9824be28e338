// A network in memory, for tests of operations: bridges, taps and DHCP servers of an imaginary host that outlives the driver, as
// real ones outlive the agent. Passes the same contract; fails on demand.
import type { NicAttachment } from '../engines/interface.ts';
import {
  contains,
  firstFreeBlock,
  formatAddress,
  formatCidr,
  lastAddress,
  parseAddress,
  parseCidr,
  prefixLengthFor,
} from './address-pool.ts';
import { NetworkError, type NetworkErrorCode } from './errors.ts';
import type { EnvNetwork, EnvRequest, Network, NetworkFeature, Nic, NicRequest } from './interface.ts';
import { fencedTwin } from './fenced-twin.ts';
import { createMac, macNumber } from './mac.ts';
import { checkTag, checkUid, dnsLabel, freeTap, linkName, readLinkName } from './names.ts';
import { nextNumber } from './next-number.ts';

export interface FakeLink {
  /** The bridge it is plugged into; null for a bridge. */
  master: string | null;
  ownerUid: number | null;
  bandwidthMbps: number | null;
  receivedBytes: number;
  sentBytes: number;
}

export interface FakeServer {
  isRunning: boolean;
  /** Incremented by every start. */
  generation: number;
  domain: string;
  /** By MAC. */
  nics: Map<string, { ip: string; hostname: string }>;
}

/** The state of the imaginary host; give the same one to two drivers to simulate a restart, or two agents. */
export class FakeNetworkHost {
  readonly links = new Map<string, FakeLink>();
  /** By name of the bridge. */
  readonly servers = new Map<string, FakeServer>();
  readonly routes: string[] = [];
}

export interface FakeNetworkOptions {
  agentTag: string;
  /** Default: a separate one. */
  host?: FakeNetworkHost;
  /** Default `nat`. */
  kind?: 'nat' | 'flat';
  /** Default `10.210.0.0/16`. */
  pool?: string;
}

type Failing = 'init' | 'planEnv' | 'setNet' | 'unsetNet' | 'destroyEnv';
const features: Record<'nat' | 'flat', readonly NetworkFeature[]> = {
  nat: ['portForward', 'severalNics', 'bandwidth', 'isolation', 'names', 'fixedAddress'],
  flat: ['severalNics', 'bandwidth', 'isolation', 'names', 'fixedAddress', 'severalHosts'],
};

export class FakeNetwork implements Network {
  readonly kind: 'nat' | 'flat';
  readonly host: FakeNetworkHost;
  readonly #tag: string;
  readonly #pool: string;
  readonly #failures = new Map<Failing, NetworkErrorCode>();

  constructor({ agentTag, host = new FakeNetworkHost(), kind = 'nat', pool = '10.210.0.0/16' }: FakeNetworkOptions) {
    this.#tag = checkTag(agentTag);
    this.host = host;
    this.kind = kind;
    this.#pool = pool;
  }

  /** The next call of `method` rejects with `code` and changes nothing. */
  failNext(method: Failing, code: NetworkErrorCode): void {
    this.#failures.set(method, code);
  }

  async init(): Promise<void> {
    this.#maybeFail('init');
  }

  checkFeatures(wanted: readonly string[]): string[] {
    return wanted.filter((name) => !(features[this.kind] as readonly string[]).includes(name));
  }

  async planEnv({ envName, nicCount, vni }: EnvRequest, taken: readonly EnvNetwork[]): Promise<EnvNetwork> {
    this.#maybeFail('planEnv');
    const used = [...taken.flatMap(({ cidr }) => (cidr === null ? [] : [cidr])), ...this.host.routes].map(parseCidr);
    const block = firstFreeBlock(parseCidr(this.#pool), prefixLengthFor(nicCount), used);
    if (!block) throw new NetworkError('POOL_EXHAUSTED', `no free block for ${envName} in ${this.#pool}`);
    const number = nextNumber(taken);
    return {
      kind: this.kind,
      envName,
      number,
      cidr: formatCidr(block),
      vni: this.kind === 'flat' ? (vni ?? number) : null,
    };
  }

  planNic(
    env: EnvNetwork,
    { bandwidthMbps }: { bandwidthMbps: number | null },
    taken: { nics: readonly Nic[]; macs: ReadonlySet<string> },
  ): Nic {
    const mac = createMac(taken.macs);
    const block = parseCidr(env.cidr ?? '');
    const addresses = new Set(taken.nics.map(({ ip }) => ip));
    for (let address = block.base + 2; address < lastAddress(block); address++) {
      const ip = formatAddress(address);
      if (addresses.has(ip)) continue;
      return { kind: this.kind, mac, ip, tap: linkName(this.#tag, 'tap', macNumber(mac)), bandwidthMbps };
    }
    throw new NetworkError('NETWORK_FULL', `${env.envName} has no address left in ${env.cidr}`);
  }

  planFence(original: EnvNetwork, envName: string, taken: readonly EnvNetwork[]): EnvNetwork {
    return fencedTwin(original, envName, taken);
  }

  planTwin(original: Nic, taken: { nics: readonly Nic[]; macs: ReadonlySet<string> }): Nic {
    return { ...original, tap: freeTap(this.#tag, taken) };
  }

  async setNet(requests: readonly NicRequest[]): Promise<void> {
    this.#maybeFail('setNet');
    for (const { env, nic, ownerUid } of requests) {
      checkUid(ownerUid ?? 0);
      const isInBlock = contains(parseCidr(env.cidr ?? ''), parseAddress(nic.ip ?? ''));
      if (!isInBlock || readLinkName(this.#tag, nic.tap ?? '')?.role !== 'tap') {
        throw new NetworkError('OPTION_INVALID', `${nic.tap} with ${nic.ip} is no NIC of ${env.envName}`);
      }
      if ((nic.bandwidthMbps ?? 0) > 1e9) throw new NetworkError('COMMAND_FAILED', `illegal rate ${nic.bandwidthMbps}`);
    }
    for (const { env, nic, hostname, ownerUid } of requests) {
      const bridge = this.bridgeOf(env);
      const old = this.host.links.get(nic.tap ?? '');
      const bytes = { receivedBytes: old?.receivedBytes ?? 0, sentBytes: old?.sentBytes ?? 0 };
      if (!this.host.links.has(bridge)) this.host.links.set(bridge, emptyLink());
      this.host.links.set(nic.tap ?? '', { master: bridge, ownerUid, bandwidthMbps: nic.bandwidthMbps, ...bytes });
      const server = this.host.servers.get(bridge) ?? {
        isRunning: false,
        generation: 0,
        domain: `${dnsLabel(env.envName)}.tt`,
        nics: new Map(),
      };
      server.nics.set(nic.mac, { ip: nic.ip ?? '', hostname: dnsLabel(hostname) });
      this.host.servers.set(bridge, server);
      start(server);
    }
  }

  async unsetNet(requests: readonly NicRequest[]): Promise<void> {
    this.#maybeFail('unsetNet');
    for (const { env, nic } of requests) {
      this.host.links.delete(nic.tap ?? '');
      this.host.servers.get(this.bridgeOf(env))?.nics.delete(nic.mac);
    }
  }

  async destroyEnv(env: EnvNetwork): Promise<void> {
    this.#maybeFail('destroyEnv');
    this.#removeBridge(this.bridgeOf(env));
  }

  attachment(nic: Nic): NicAttachment {
    return { kind: 'tap', mac: nic.mac, tap: nic.tap ?? '' };
  }

  async repair(envs: readonly EnvNetwork[]): Promise<string[]> {
    const ours = envs.filter((env) => env.kind === this.kind);
    return ours.flatMap((env) => {
      const server = this.host.servers.get(this.bridgeOf(env));
      if (!server || server.isRunning || server.nics.size === 0) return [];
      start(server);
      return [`the DHCP server of ${env.envName} was gone and has been started again`];
    });
  }

  bridgeOf(env: EnvNetwork): string {
    return linkName(this.#tag, 'bridge', env.number);
  }

  async sweep(known: { envs: readonly EnvNetwork[]; nics: readonly Nic[] }): Promise<string[]> {
    const kept = new Set<string | null>([
      ...known.envs.map((env) => this.bridgeOf(env)),
      ...known.nics.map(({ tap }) => tap),
    ]);
    const unknown = [...new Set([...this.host.links.keys(), ...this.host.servers.keys()])].filter(
      (name) => readLinkName(this.#tag, name) !== null && !kept.has(name),
    );
    for (const name of unknown) {
      this.host.links.delete(name);
      this.host.servers.delete(name);
    }
    return unknown.map((name) => `removed the interface ${name}`);
  }

  async counters(taps: readonly string[]): Promise<Map<string, { receivedBytes: number; sentBytes: number }>> {
    return new Map(
      taps.flatMap((tap) => {
        const link = this.host.links.get(tap);
        return link ? [[tap, { receivedBytes: link.receivedBytes, sentBytes: link.sentBytes }]] : [];
      }),
    );
  }

  #removeBridge(bridge: string): void {
    this.host.servers.delete(bridge);
    for (const [name, link] of this.host.links) {
      if (name === bridge || link.master === bridge) this.host.links.delete(name);
    }
  }

  #maybeFail(method: Failing): void {
    const code = this.#failures.get(method);
    if (code === undefined) return;
    this.#failures.delete(method);
    throw new NetworkError(code, `the test wanted ${method} to fail`);
  }
}

function start(server: FakeServer): void {
  if (!server.isRunning) server.generation += 1;
  server.isRunning = true;
}

export function emptyLink(): FakeLink {
  return { master: null, ownerUid: null, bandwidthMbps: null, receivedBytes: 0, sentBytes: 0 };
}
